import { quietLooksNeeded, type AllocationStatus } from '../../shared/domain/node-target.ts';
import { storeKeys, type AllocationRecord, type ClaimRecord } from '../store/values.ts';
import type { LedgerWrite } from './ledger.ts';
import type { World } from './world.ts';

/** What goes with the last slice of a claim. */
export function forgetAllocation(world: World, { claim }: ClaimRecord): readonly LedgerWrite[] {
  if (claim.holder.kind !== 'allocation') return [];
  const record = world.ledger.allocation(claim.holder.allocation)?.value;
  if (record?.claim !== claim.id) return [];
  world.event('freed', `allocations/${record.spec.name}`, `its slices on ${claim.node} are free`);
  return [forgetRecord(world, record)];
}

/**
 * Whether its agent has looked, since the claim ended, and seen nobody. What it said in an earlier session does not
 * count: it says it again.
 */
export function isQuiet(world: World, { claim }: ClaimRecord): boolean {
  const status = allocationStatus(world, claim);
  return status !== null && status.reclaiming && status.quietLooks >= quietLooksNeeded;
}

/** What the agent told last; null: nothing. */
export function allocationStatus(
  world: World,
  { id, node }: ClaimRecord['claim'],
): AllocationStatus | null {
  const live = world.registry.get(node);
  return live?.status?.allocations?.find((each) => each.claim === id) ?? null;
}

export function claimOf(world: World, { claim }: AllocationRecord): ClaimRecord | undefined {
  return claim === null ? undefined : world.ledger.claim(claim)?.value;
}

/** No word of it is left. */
export function forgetRecord(world: World, record: AllocationRecord): LedgerWrite {
  const { name } = record.spec;
  world.allocationTimers.forget(record);
  for (const kind of ['pending', 'outlived', 'drain-stuck']) {
    world.eventOnce(kind, `allocations/${name}`, null);
  }
  return world.ledger.allocations.delete(storeKeys.allocation(name));
}

/** `process 41 (python3) of it still runs on node-a: end it`. */
export function keptBy(node: string, seen: AllocationStatus['processes']): string {
  const names = seen.slice(0, 4).map(({ pid, name }) => `${pid} (${name})`);
  const more = seen.length > names.length ? ` and ${seen.length - names.length} more` : '';
  const which = `process ${names.join(', ')}${more}`;
  return seen.some(({ certain }) => certain)
    ? `${which} of it still runs on ${node}: end it, and its slices are free`
    : `${which} uses its card on ${node} and may be of it: its slices are free once that has ended`;
}
