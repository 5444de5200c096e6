import { unreachable } from '../../domain/assert.ts';
import type { Claim } from '../../domain/claim.ts';
import type { Estimates } from '../../domain/estimates.ts';
import type { ModelSpec } from '../../domain/model.ts';

/** What a plan may cost. */
export interface RelayoutBudget {
  /** Interruptions of all replicas together, in seconds by estimate; 0: nobody is interrupted. */
  readonly interruptionSeconds: number;
  /** Replicas of lower priority may be ended, so far as their own `disruption` does not say never. */
  readonly preempt: boolean;
  /** Idle MIG instances that are nobody's slice may be destroyed, on cards whose layout may be changed. */
  readonly recutIdle: boolean;
  /** How many replicas may go elsewhere. */
  readonly movesMax: number;
}

/** Nobody notices anything. */
export const zeroInterruption: RelayoutBudget = {
  interruptionSeconds: 0,
  preempt: false,
  recutIdle: true,
  movesMax: 16,
};

/** What a replica runs, and whether it has anything to do now. */
export interface Running {
  /** Of the version that runs. */
  readonly spec: ModelSpec;
  readonly idle: boolean;
}

/** What a claim's replica runs; null: nobody knows, so it stays where it is. */
export type RunningOf = (claim: Claim) => Running | null;

/**
 * The replica of a claim, when a plan may make it go elsewhere at all. Allocations belong to somebody else's workload,
 * and what is being given back has no future. A successor that starts first interrupts no service, but the connections
 * that the old replica holds end with it: who says `never` stays, and who says `idle` goes only while it is.
 */
export function movable(claim: Claim, runningOf: RunningOf): Running | null {
  if (claim.holder.kind !== 'replica' || claim.state !== 'held') return null;
  const running = runningOf(claim);
  return running !== null && mayMove(running) ? running : null;
}

function mayMove({ spec, idle }: Running): boolean {
  return spec.disruption.kind === 'budget' || (spec.disruption.kind === 'idle' && idle);
}

/** The same, and `hear` is told whenever a replica is known that may not be moved. */
export function hearBound(runningOf: RunningOf, hear: () => void): RunningOf {
  return (claim) => {
    const running = runningOf(claim);
    if (running !== null && !mayMove(running)) hear();
    return running;
  };
}

/** As if everybody might be moved, so long as nobody is interrupted for it. */
export function asIfUnbound(runningOf: RunningOf): RunningOf {
  return (claim) => {
    const running = runningOf(claim);
    if (running === null || mayMove(running)) return running;
    return { ...running, spec: { ...running.spec, disruption: { kind: 'budget', seconds: 0 } } };
  };
}

/** Whether a replica may be interrupted for so long. */
export function mayInterrupt({ spec, idle }: Running, seconds: number): boolean {
  const { disruption } = spec;
  switch (disruption.kind) {
    case 'never':
      return false;
    case 'idle':
      return idle;
    case 'budget':
      return seconds <= disruption.seconds;
    default:
      return unreachable(disruption);
  }
}

/**
 * Whether a replica may end for one of higher priority. Nobody knows how soon it will find another place, so a
 * budget of seconds admits it but is no promise; `never` does not admit it.
 */
export function mayPreempt(running: Running, forPriority: number): boolean {
  return running.spec.priority < forPriority && mayMove(running);
}

/** The least that an interruption of a replica lasts: stop, give back, make, start. */
export function interruptionSeconds({ spec }: Running, estimates: Estimates): number {
  const { steps } = estimates;
  const start = estimates.starts.get(spec.name) ?? steps['start-replica'];
  const slices =
    spec.gpu === null ? 0 : steps['destroy-slice'].seconds + steps['create-slice'].seconds;
  return steps['stop-replica'].seconds + slices + start.seconds;
}
