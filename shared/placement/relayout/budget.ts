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
 * The replica of a claim, when a plan may move it at all. Allocations belong to somebody else's workload, and what
 * is being given back has no future. To start a second copy first and stop the first one then interrupts nobody, so
 * `disruption` has no say in it.
 */
export function movable(claim: Claim, runningOf: RunningOf): Running | null {
  return claim.holder.kind === 'replica' && claim.state === 'held' ? runningOf(claim) : null;
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
export function mayPreempt({ spec, idle }: Running, forPriority: number): boolean {
  if (spec.priority >= forPriority) return false;
  return spec.disruption.kind === 'budget' || (spec.disruption.kind === 'idle' && idle);
}

/** The least that an interruption of a replica lasts: stop, give back, make, start. */
export function interruptionSeconds({ spec }: Running, estimates: Estimates): number {
  const { steps } = estimates;
  const start = estimates.starts.get(spec.name) ?? steps['start-replica'];
  const slices =
    spec.gpu === null ? 0 : steps['destroy-slice'].seconds + steps['create-slice'].seconds;
  return steps['stop-replica'].seconds + slices + start.seconds;
}
