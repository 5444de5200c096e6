import type { Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ModelName } from '../../shared/domain/ids.ts';

/** What the replicas of one model hold together. */
export interface Footprint {
  readonly replicas: number;
  /** Of slices, MiB. */
  readonly gpuMemoryMib: number;
  /** Cards that any of them is on. */
  readonly cards: number;
  readonly cpuMillis: number;
  readonly memoryMib: number;
}

/** How a plan's need grows and shrinks on the way. */
export interface Course {
  readonly before: Footprint;
  /** At the moment at which the model has the most memory on cards, or the most replicas where it has none. */
  readonly peak: Footprint;
  readonly after: Footprint;
}

/** Follows a plan step by step, for one model. `running`: its claims before the plan. */
export function courseOf(plan: Plan, model: ModelName, running: readonly Claim[]): Course {
  const held = new Map<string, Claim>();
  const byReplica = new Map<string, Claim>();
  for (const claim of [...running, ...plan.begins]) {
    const { holder } = claim;
    // A plan may move others to make room: they are not this model's need.
    if (holder.kind === 'replica' && holder.model === model) byReplica.set(holder.replica, claim);
  }
  for (const claim of running) held.set(claim.id, claim);
  const before = footprintOf([...held.values()]);
  let peak = before;
  for (const step of plan.stages.flatMap(({ steps }) => steps)) {
    if (step.kind !== 'start-replica' && step.kind !== 'stop-replica') continue;
    const claim = byReplica.get(step.replica);
    if (claim === undefined) continue;
    if (step.kind === 'start-replica') held.set(claim.id, claim);
    else held.delete(claim.id);
    const now = footprintOf([...held.values()]);
    if (isMore(now, peak)) peak = now;
  }
  return { before, peak, after: footprintOf([...held.values()]) };
}

function footprintOf(claims: readonly Claim[]): Footprint {
  const slices = claims.flatMap((claim) => claim.slices);
  return {
    replicas: claims.length,
    gpuMemoryMib: slices.reduce((sum, { shape }) => sum + shape.memoryMib, 0),
    cards: new Set(slices.map(({ gpu }) => gpu)).size,
    cpuMillis: claims.reduce((sum, { cpuMillis }) => sum + cpuMillis, 0),
    memoryMib: claims.reduce((sum, { memoryMib }) => sum + memoryMib, 0),
  };
}

function isMore(left: Footprint, right: Footprint): boolean {
  const memory = left.gpuMemoryMib - right.gpuMemoryMib;
  return memory > 0 || (memory === 0 && left.replicas > right.replicas);
}
