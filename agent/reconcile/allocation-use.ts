import type { GpuUuid, SliceId } from '../../shared/domain/ids.ts';
import {
  allocationProcessesMax,
  quietLooksNeeded,
  type AllocationProcess,
  type AllocationTarget,
} from '../../shared/domain/node-target.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import type { SliceBinding, World } from '../observe/world.ts';
import type { AcceptedTarget } from '../store/records.ts';
import type { AllocationUse, PlanInput } from './plan-input.ts';
import { wait, type WaitStep } from './steps.ts';

/** The slices of an allocation, for as long as anything of them is left. */
export function slicesOfAllocation(
  { slices }: AllocationTarget,
  accepted: AcceptedTarget,
  bindings: readonly SliceBinding[],
): readonly Slice[] {
  const known = [
    ...accepted.gpusInForce.flatMap((part) => part.slices),
    ...bindings.map((each) => each.slice),
  ];
  return slices.flatMap((id) => known.find((slice) => slice.id === id) ?? []);
}

/**
 * Who of an allocation is there: whoever carries its mark, and whoever uses a card of it and is nobody else's, because a
 * process does not say on which slice of the card it is. Pure. null: something could not be read.
 */
export function processesOf(
  world: World,
  { allocation }: AllocationTarget,
  slices: readonly Slice[],
): readonly AllocationProcess[] | null {
  if (world.marked === null || world.cardsBlind !== null) return null;
  const found = new Map<number, AllocationProcess>();
  for (const { pid, name, value } of world.marked) {
    if (value === allocation) found.set(pid, { pid, name, certain: true });
  }
  for (const { gpu, shape } of slices) {
    const card = world.gpus.find((each) => each.uuid === gpu);
    // A card that is not there has nobody on it.
    if (card === undefined) continue;
    if (card.blind !== null || (shape.kind === 'mps' && card.mps.state === 'blind')) return null;
    const known = new Set(
      [...world.marked, ...world.running.flatMap(pidsOf)].map(({ pid }) => pid),
    );
    const clients = shape.kind === 'mps' ? card.mps.clientPids : [];
    const strangers = [
      ...card.foreignProcesses,
      ...clients.filter((pid) => !known.has(pid)).map((pid) => ({ pid, name: 'MPS client' })),
    ];
    for (const { pid, name } of strangers) {
      if (!found.has(pid)) found.set(pid, { pid, name, certain: shape.kind === 'whole' });
    }
  }
  return [...found.values()].sort((a, b) => a.pid - b.pid);
}

function pidsOf({ pids }: World['running'][number]): readonly { readonly pid: number }[] {
  return pids.map((pid) => ({ pid }));
}

/** The processes that carry the mark of somebody who holds a slice of the card: they are no strangers there. */
export function allocatedPids(
  marked: World['marked'],
  accepted: AcceptedTarget | null,
  bindings: readonly SliceBinding[],
): ReadonlyMap<GpuUuid, ReadonlySet<number>> {
  const found = new Map<GpuUuid, Set<number>>();
  for (const target of accepted?.target.allocations ?? []) {
    const pids = (marked ?? []).filter((each) => each.value === target.allocation);
    if (accepted === null || pids.length === 0) continue;
    for (const { gpu } of slicesOfAllocation(target, accepted, bindings)) {
      const there = found.get(gpu) ?? new Set<number>();
      for (const { pid } of pids) there.add(pid);
      found.set(gpu, there);
    }
  }
  return found;
}

/** Between looks that count: each must have seen what the sampling loop told after the one before. */
const lookEveryMs = 2_000;

/** Counts the looks that found nobody, of those whose time is over. In memory: an agent that begins anew looks anew. */
export class QuietLooks {
  readonly #looks = new Map<string, { count: number; atMs: number }>();

  of({ claim }: AllocationTarget): number {
    return this.#looks.get(claim)?.count ?? 0;
  }

  /** After each round's look. `nowMs`: monotonic, from before the look. */
  note(uses: readonly Omit<AllocationUse, 'quietLooks'>[], nowMs: number): void {
    const over = uses.filter(({ target }) => target.reclaiming);
    const claims = new Set<string>(over.map(({ target }) => target.claim));
    for (const claim of this.#looks.keys()) if (!claims.has(claim)) this.#looks.delete(claim);
    for (const { target, processes } of over) {
      if (processes === null) continue;
      const before = this.#looks.get(target.claim);
      if (processes.length > 0) this.#looks.delete(target.claim);
      else if (before === undefined) this.#looks.set(target.claim, { count: 1, atMs: nowMs });
      else if (nowMs - before.atMs >= lookEveryMs) {
        const count = Math.min(quietLooksNeeded, before.count + 1);
        this.#looks.set(target.claim, { count, atMs: nowMs });
      }
    }
  }
}

/** What keeps a slice of an allocation from being taken away; null: nothing, or it is no allocation's. */
export function allocationRefusal(input: PlanInput, slice: SliceId): string | null {
  const use = input.allocations.find(({ target }) => target.slices.includes(slice));
  if (use === undefined) return null;
  const { target, processes } = use;
  if (processes === null) return `nobody can tell who of allocation ${target.allocation} is left`;
  return processes.length === 0 ? null : usersText(target, processes);
}

/** What still happens on the cards: rounds go on looking while one waits. */
export function planReclaiming(input: PlanInput, gpus: readonly GpuUuid[]): readonly WaitStep[] {
  return input.allocations
    .filter(({ target, quietLooks }) => target.reclaiming && quietLooks < quietLooksNeeded)
    .flatMap(({ target, slices, processes }) =>
      slices
        .filter(({ gpu }) => gpus.includes(gpu))
        .map(({ gpu, id }) => {
          const seen = processes ?? [];
          const detail =
            seen.length === 0
              ? `allocation ${target.allocation} is over; looking whether anybody is left`
              : usersText(target, seen);
          return wait('slice-in-use', detail, { gpu, slice: id });
        }),
    );
}

function usersText(
  { allocation }: AllocationTarget,
  processes: readonly AllocationProcess[],
): string {
  return `allocation ${allocation} is over, and ${processesText(processes)}`;
}

/** Who keeps an allocation that is over from being free: `process 12 (python) still runs`. At least one. */
export function processesText(processes: readonly AllocationProcess[]): string {
  const names = processes.slice(0, 4).map(({ pid, name }) => `${pid} (${name})`);
  const verb = processes.some(({ certain }) => certain) ? 'still runs' : 'may be of it';
  return `process ${names.join(', ')} ${verb}`;
}

/** As it is told: the first of them. */
export function toldProcesses(use: AllocationUse): readonly AllocationProcess[] {
  return (use.processes ?? []).slice(0, allocationProcessesMax);
}
