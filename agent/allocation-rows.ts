import type { AllocationName } from '../shared/domain/ids.ts';
import type {
  AllocationProcess,
  AllocationStatus,
  AllocationTarget,
  NodeStatus,
  NodeTarget,
} from '../shared/domain/node-target.ts';
import type { Slice } from '../shared/domain/slice.ts';
import { processesText } from './reconcile/allocation-use.ts';

/** One allocation of this node: what `agentctl ps` and its metrics tell of it. */
export interface AllocationRow {
  readonly allocation: AllocationName;
  readonly slices: readonly Slice[];
  /**
   * `ready`: its client can use it. `reclaiming`: it is over, and its slices are nobody's before nobody of it is left.
   * `left`: the target in force does not name it, and nobody has ended it.
   */
  readonly state: AllocationState;
  /** What it waits for; empty: nothing. */
  readonly reason: string;
  /** Who was seen last, of it or perhaps of it. */
  readonly processes: readonly AllocationProcess[];
}

export const allocationStates = ['preparing', 'ready', 'reclaiming', 'left'] as const;
export type AllocationState = (typeof allocationStates)[number];

/** Those of the target first, then those that it has left out. */
export function allocationRows(views: {
  readonly target: NodeTarget | null;
  readonly status: NodeStatus;
}): readonly AllocationRow[] {
  const { target, status } = views;
  const made = (target?.gpus ?? []).flatMap((gpu) => gpu.slices);
  const named = (target?.allocations ?? []).map((each): AllocationRow => {
    const seen = status.allocations?.find(({ claim }) => claim === each.claim);
    return {
      allocation: each.allocation,
      slices: each.slices.flatMap((id) => made.find((slice) => slice.id === id) ?? []),
      ...standing(each, seen),
      processes: seen?.processes ?? [],
    };
  });
  const left = (status.left ?? []).flatMap(({ holder, slices }): readonly AllocationRow[] => {
    if (holder.kind !== 'allocation') return [];
    const { allocation } = holder.target;
    const reason = 'the target in force does not name it; it is kept until one ends it';
    return [{ allocation, slices, state: 'left', reason, processes: [] }];
  });
  return [...named, ...left];
}

/** `seen`: undefined before the first look at it. */
function standing(
  target: AllocationTarget,
  seen: AllocationStatus | undefined,
): Pick<AllocationRow, 'state' | 'reason'> {
  if (target.reclaiming) {
    const users = seen?.processes ?? [];
    const reason = users.length === 0 ? 'looking whether anybody is left' : processesText(users);
    return { state: 'reclaiming', reason };
  }
  if (seen?.ready === true) return { state: 'ready', reason: '' };
  return { state: 'preparing', reason: seen?.reason ?? 'not looked at yet' };
}
