import {
  allocationLimits,
  checkAllocation,
  ttlProblem,
  type AllocationSpec,
} from '../../shared/domain/allocation.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { AllocationName } from '../../shared/domain/ids.ts';
import { renderProblem } from '../../shared/domain/result.ts';
import type { Refusal } from '../../shared/placement/engine.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { explainRefused } from '../replay/outcome.ts';
import { storeKeys, type AllocationRecord } from '../store/values.ts';
import { endAllocation } from './allocation-end.ts';
import { allocationRequest, placeAllocation } from './allocation-place.ts';
import type { AllocateOptions, AllocationOnce, AllocationView } from './allocations.ts';
import { viewAllocation, viewTried } from './allocation-views.ts';
import type { Planner } from './planner.ts';
import type { World } from './world.ts';

/** Reserves slices. Its caller holds the right to write. Throws as `Allocations.allocate` says. */
export async function allocate(
  world: World,
  planner: Planner,
  spec: AllocationSpec,
  options: AllocateOptions,
): Promise<AllocationView> {
  check(spec, options);
  const { name } = spec;
  const there = world.ledger.allocation(name)?.value;
  if (there !== undefined) return standing(world, planner, there, spec);
  world.refreshNodes();
  const nowMs = world.deps.clock.wallMs();
  const wish: AllocationRecord = {
    spec,
    claim: null,
    createdAtMs: nowMs,
    deadlineMs: nowMs + options.waitMs,
    ttlMs: spec.ttlMs,
    ended: null,
  };
  if (options.validateOnly) return tried(world, wish);
  checkLimits(world, options.waitMs > 0 ? planner.allocations.queue().length : 0);
  const placed = placeAllocation(world, wish);
  // On record before it is done: a decision without its inputs could never be explained.
  world.deps.decisionLog.append(world.desk.takeRows());
  if (placed.kind === 'placed') {
    const view = viewAllocation(world, planner, placed.record, { coming: placed.claim });
    await world.ledger.commit([...placed.writes, ...world.answers.record(options.once, view)]);
    return view;
  }
  if (options.waitMs === 0) throw noRoom(name, placed.refusal);
  const view = viewAllocation(world, planner, wish, { waitsFor: placed.refusal.summary });
  await world.ledger.commit([
    world.ledger.allocations.put(storeKeys.allocation(name), wish),
    ...world.answers.record(options.once, view),
  ]);
  world.allocationTimers.start(wish);
  world.eventOnce('pending', `allocations/${name}`, placed.refusal.summary);
  return view;
}

/** From now on it lasts `ttlMs` (null: as long as before). Throws ALLOCATION_UNKNOWN, ALLOCATION_OVER. */
export async function renewAllocation(
  world: World,
  planner: Planner,
  of: {
    readonly name: AllocationName;
    readonly ttlMs: number | null;
  } & AllocationOnce<AllocationView>,
): Promise<AllocationView> {
  const record = known(world, of.name);
  const ttlMs = of.ttlMs ?? record.ttlMs;
  const problem = ttlProblem(ttlMs);
  if (problem !== null) throw new AppError('REQUEST_INVALID', renderProblem(problem));
  if (record.ended !== null || record.claim === null) {
    const why = record.ended === null ? 'still waits for room' : `has ${endedWord(record)}`;
    throw new AppError('ALLOCATION_OVER', `allocation ${of.name} ${why}`, {
      hint: record.ended === null ? 'its time begins when it has a place' : 'allocate anew',
    });
  }
  const renewed = { ...record, ttlMs, deadlineMs: world.deps.clock.wallMs() + ttlMs };
  await world.ledger.commit([world.ledger.allocations.put(storeKeys.allocation(of.name), renewed)]);
  world.allocationTimers.start(renewed);
  return viewAllocation(world, planner, renewed);
}

/** null: it is gone already, because it had no place. Throws ALLOCATION_UNKNOWN. */
export async function releaseAllocation(
  world: World,
  planner: Planner,
  { name, once }: { readonly name: AllocationName } & AllocationOnce<AllocationView | null>,
): Promise<AllocationView | null> {
  const record = known(world, name);
  const atMs = world.deps.clock.wallMs();
  const after = { ...record, ended: record.ended ?? ({ why: 'released', atMs } as const) };
  const view = record.claim === null ? null : viewAllocation(world, planner, after);
  const writes = record.ended === null ? endAllocation(world, record, 'released') : [];
  await world.ledger.commit([...writes, ...world.answers.record(once, view)]);
  return view;
}

/** The error for a name that no allocation has. */
export function unknownAllocation(name: string): AppError {
  return new AppError('ALLOCATION_UNKNOWN', `there is no allocation ${JSON.stringify(name)}`, {
    hint: 'it may be over: tangram allocations lists what there is',
  });
}

function known(world: World, name: AllocationName): AllocationRecord {
  const record = world.ledger.allocation(name)?.value;
  if (record === undefined) throw unknownAllocation(name);
  return record;
}

function check(spec: AllocationSpec, { waitMs }: AllocateOptions): void {
  const [problem] = checkAllocation(spec);
  if (problem !== undefined) throw new AppError('REQUEST_INVALID', renderProblem(problem));
  const { waitMsMax } = allocationLimits;
  if (Number.isSafeInteger(waitMs) && waitMs >= 0 && waitMs <= waitMsMax) return;
  throw new AppError('REQUEST_INVALID', `wait: ${waitMs / 1_000} s is out of range`, {
    hint: `from 0 to ${waitMsMax / 1_000} seconds`,
  });
}

function checkLimits(world: World, waiting: number): void {
  const { allocationsMax, allocationsWaitingMax } = world.deps.limits;
  const all = world.ledger.allocations.size;
  if (all < allocationsMax && waiting < allocationsWaitingMax) return;
  const what =
    all < allocationsMax ? `${waiting} allocations wait for room` : `there are ${all} allocations`;
  throw new AppError('LIMIT_REACHED', `${what} already`, {
    hint: 'release some, or let their time end',
  });
}

/** The same request again is the same allocation: whoever did not hear the answer asks once more. */
function standing(
  world: World,
  planner: Planner,
  there: AllocationRecord,
  spec: AllocationSpec,
): AllocationView {
  const { name } = spec;
  if (there.ended !== null) {
    throw new AppError(
      'ALLOCATION_TAKEN',
      `allocation ${name} has ${endedWord(there)} and is being reclaimed`,
      {
        hint: 'wait until it is gone, or take another name',
      },
    );
  }
  if (canonicalJson(there.spec) !== canonicalJson(spec)) {
    throw new AppError('ALLOCATION_TAKEN', `there is another allocation ${name}`, {
      hint: 'take another name, or leave the name out',
    });
  }
  return viewAllocation(world, planner, there);
}

/** Nothing of it is logged or kept. */
function tried(world: World, wish: AllocationRecord): AllocationView {
  const engine = world.desk.fork();
  const request = allocationRequest(world, wish.spec);
  const decision = engine.decide(request);
  if (decision.kind === 'placed') return viewTried(wish, decision.claim);
  throw noRoom(wish.spec.name, explainRefused(engine, request).refusal);
}

function noRoom(name: AllocationName, { summary, nearest }: Refusal): AppError {
  const hint = nearest === '' ? 'wait for room, or ask for less' : `what would help: ${nearest}`;
  return new AppError('ALLOCATION_NO_ROOM', `no room for allocation ${name}: ${summary}`, { hint });
}

function endedWord({ ended }: AllocationRecord): string {
  return ended?.why === 'released' ? 'been released' : 'expired';
}
