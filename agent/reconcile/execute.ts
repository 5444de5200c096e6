import { unreachable } from '../../shared/domain/assert.ts';
import type { GpuUuid, ReplicaId } from '../../shared/domain/ids.ts';
import { backoffMs } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain, errorHint } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { Wake } from '../../shared/platform/wake.ts';
import { renderStep, type Handlers, type Step, type StepProgress, type UnitPlan } from './steps.ts';

/** Waits between tries of the same failing plan of a unit. */
const retryBackoff = { firstMs: 1_000, maxMs: 60_000 } as const;

/** What last went wrong in a unit, until its plan changes or succeeds. */
export interface UnitFailure {
  readonly planKey: string;
  readonly step: Step;
  /** One line: what failed, why, and what to do. */
  readonly detail: string;
  readonly failures: number;
  readonly notBeforeMs: number;
  readonly gpus: readonly GpuUuid[];
  readonly replicas: readonly ReplicaId[];
}

export interface ExecutorDeps {
  readonly handlers: Handlers;
  readonly clock: Clock;
  readonly log: Log;
  /** After a unit that changed MIG modes or instances, well or not; the unit's cards are busy until it is over. */
  readonly afterCut: ((signal: AbortSignal) => Promise<void>) | null;
  /** A unit has ended, well or not: look again. */
  readonly onEnd: () => void;
  readonly onFailure: (plan: UnitPlan, failure: UnitFailure) => void;
}

/** Cards and replicas that no unit touches while somebody else changes them. */
export interface Hold {
  /** Resolves when nothing that was begun before runs on them any more. */
  readonly settled: Promise<void>;
  release(): void;
}

export type UnitStart = 'started' | 'busy' | 'backing-off' | 'nothing-to-do';

/**
 * Carries out plans, unit by unit. Invariants: a card or replica is in at most one running unit, a held card
 * in none; steps of a unit run in order and stop at the first failure; units do not wait for each other.
 */
export class Executor {
  readonly #deps: ExecutorDeps;
  readonly #running = new Map<UnitPlan, Promise<void>>();
  readonly #failures = new Map<string, UnitFailure>();
  readonly #holds = new Set<Held>();
  /** What was held at any time since the last `watchBusy`. */
  #heldSince: Held[] = [];
  #progressCount = 0;

  constructor(deps: ExecutorDeps) {
    this.#deps = deps;
  }

  /** How many steps have moved the world on, ever. */
  get progressCount(): number {
    return this.#progressCount;
  }

  get failures(): readonly UnitFailure[] {
    return [...this.#failures.values()];
  }

  busyGpus(): ReadonlySet<GpuUuid> {
    return new Set([...this.#running.keys(), ...this.#holds].flatMap((each) => each.gpus));
  }

  busyReplicas(): ReadonlySet<ReplicaId> {
    return new Set([...this.#running.keys(), ...this.#holds].flatMap((each) => each.replicas));
  }

  /** Keeps every unit off these cards until the answer is called; null: one of them is being changed now. */
  hold(gpus: readonly GpuUuid[]): (() => void) | null {
    const busy = this.busyGpus();
    if (gpus.some((each) => busy.has(each))) return null;
    return this.claim({ gpus, replicas: [] }).release;
  }

  /** No unit starts on these from now on, until the hold is released; what runs on them is waited for. */
  claim({ gpus, replicas }: Claimed): Hold {
    const over = new Wake();
    const held: Held = { gpus, replicas, released: over.wait(new AbortController().signal) };
    const before = [...this.#holds].filter((each) => overlap(each, held));
    const begun = [...this.#running].filter(([plan]) => overlap(plan, held));
    this.#holds.add(held);
    this.#heldSince.push(held);
    const settled = Promise.all([
      ...begun.map(([, run]) => run),
      ...before.map((each) => each.released),
    ]);
    return {
      settled: settled.then(() => undefined),
      release: () => {
        if (!this.#holds.delete(held)) return;
        over.wake();
        this.#deps.onEnd();
      },
    };
  }

  /** Answers how to ask what was busy at any time since now, even if it began and ended in between. */
  watchBusy(): () => { readonly gpus: Set<GpuUuid>; readonly replicas: Set<ReplicaId> } {
    const before = { gpus: this.busyGpus(), replicas: this.busyReplicas() };
    this.#heldSince = [];
    const held = this.#heldSince;
    return () => ({
      gpus: new Set([...before.gpus, ...held.flatMap((each) => each.gpus), ...this.busyGpus()]),
      replicas: new Set([
        ...before.replicas,
        ...held.flatMap((each) => each.replicas),
        ...this.busyReplicas(),
      ]),
    });
  }

  /** The unit steps that run now, for the status. */
  runningSteps(): readonly Step[] {
    return [...this.#running.keys()].flatMap((plan) => plan.steps);
  }

  start(plan: UnitPlan, signal: AbortSignal): UnitStart {
    const steps = plan.steps.filter((step) => step.kind !== 'wait');
    const failure = this.#failures.get(plan.key);
    if (steps.length === 0) {
      this.#failures.delete(plan.key);
      return 'nothing-to-do';
    }
    const gpus = this.busyGpus();
    const replicas = this.busyReplicas();
    if (
      plan.gpus.some((each) => gpus.has(each)) ||
      plan.replicas.some((each) => replicas.has(each))
    ) {
      return 'busy';
    }
    const planKey = JSON.stringify(steps);
    if (failure?.planKey === planKey && this.#deps.clock.monotonicMs() < failure.notBeforeMs) {
      return 'backing-off';
    }
    const run = this.#runWhole({ ...plan, steps }, planKey, signal).finally(() => {
      this.#running.delete(plan);
      this.#deps.onEnd();
    });
    this.#running.set(plan, run);
    return 'started';
  }

  /** Resolves when everything that runs now has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** What is not planned any more cannot be failing. */
  forgetOthers(plans: readonly UnitPlan[]): void {
    const keys = new Set(plans.map((plan) => plan.key));
    for (const key of this.#failures.keys()) if (!keys.has(key)) this.#failures.delete(key);
  }

  /** A new target, or somebody who asks, is a new chance. */
  forgetBackoffs(): void {
    for (const [key, failure] of this.#failures) {
      this.#failures.set(key, { ...failure, notBeforeMs: 0 });
    }
  }

  async #runWhole(plan: UnitPlan, planKey: string, signal: AbortSignal): Promise<void> {
    await this.#run(plan, planKey, signal);
    const { afterCut, log } = this.#deps;
    if (afterCut === null || signal.aborted || !plan.steps.some(isCut)) return;
    await afterCut(signal).catch((err: unknown) => {
      log.warn({ err, unit: plan.key }, 'a change of the layout could not be told');
    });
  }

  async #run(plan: UnitPlan, planKey: string, signal: AbortSignal): Promise<void> {
    for (const step of plan.steps) {
      try {
        if (signal.aborted) return;
        const progress = await runStep(this.#deps.handlers, step, signal);
        if (progress === 'done') this.#progressCount += 1;
        this.#deps.log.info({ unit: plan.key, step: step.kind, progress }, 'step');
      } catch (error) {
        if (signal.aborted) return;
        this.#fail(plan, { planKey, step, error });
        return;
      }
    }
    this.#failures.delete(plan.key);
  }

  #fail(
    plan: UnitPlan,
    { planKey, step, error }: { planKey: string; step: Step; error: unknown },
  ): void {
    const last = this.#failures.get(plan.key);
    const failures = last?.planKey === planKey ? last.failures + 1 : 1;
    const hint = errorHint(error);
    const failure: UnitFailure = {
      planKey,
      step,
      detail: `${renderStep(step)}: ${errorChain(error)}${hint === undefined ? '' : `; ${hint}`}`,
      failures,
      notBeforeMs: this.#deps.clock.monotonicMs() + backoffMs(failures - 1, retryBackoff),
      gpus: plan.gpus,
      replicas: plan.replicas,
    };
    this.#failures.set(plan.key, failure);
    this.#deps.log.warn({ unit: plan.key, step: step.kind, failures, err: error }, 'step failed');
    this.#deps.onFailure(plan, failure);
  }
}

function isCut({ kind }: Step): boolean {
  return kind === 'createMigInstance' || kind === 'destroyMigInstance' || kind === 'setMigMode';
}

interface Claimed {
  readonly gpus: readonly GpuUuid[];
  readonly replicas: readonly ReplicaId[];
}

interface Held extends Claimed {
  readonly released: Promise<void>;
}

function overlap(a: Claimed, b: Claimed): boolean {
  return (
    a.gpus.some((each) => b.gpus.includes(each)) ||
    a.replicas.some((each) => b.replicas.includes(each))
  );
}

function runStep(handlers: Handlers, step: Step, signal: AbortSignal): Promise<StepProgress> {
  switch (step.kind) {
    case 'stopReplica':
      return handlers.stopReplica(step, signal);
    case 'startReplica':
      return handlers.startReplica(step, signal);
    case 'removeReplicaRecord':
      return handlers.removeReplicaRecord(step, signal);
    case 'setMigMode':
      return handlers.setMigMode(step, signal);
    case 'createMigInstance':
      return handlers.createMigInstance(step, signal);
    case 'destroyMigInstance':
      return handlers.destroyMigInstance(step, signal);
    case 'setComputeMode':
      return handlers.setComputeMode(step, signal);
    case 'restoreComputeMode':
      return handlers.restoreComputeMode(step, signal);
    case 'startMps':
      return handlers.startMps(step, signal);
    case 'setMpsDefaults':
      return handlers.setMpsDefaults(step, signal);
    case 'stopMps':
      return handlers.stopMps(step, signal);
    case 'beginMpsRecovery':
      return handlers.beginMpsRecovery(step, signal);
    case 'endMpsRecovery':
      return handlers.endMpsRecovery(step, signal);
    case 'bindSlice':
      return handlers.bindSlice(step, signal);
    case 'forgetSlice':
      return handlers.forgetSlice(step, signal);
    case 'forgetInstance':
      return handlers.forgetInstance(step, signal);
    case 'wait':
      return Promise.resolve('pending');
    default:
      return unreachable(step);
  }
}
