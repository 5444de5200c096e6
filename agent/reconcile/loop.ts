import type { BootId, GpuUuid, ReplicaId } from '../../shared/domain/ids.ts';
import { assert } from '../../shared/domain/assert.ts';
import { errorChain, isAppError } from '../../shared/platform/errors.ts';
import { Wake } from '../../shared/platform/wake.ts';
import { shortSignal } from '../../shared/platform/short-signal.ts';
import { noHealthMemory } from '../health/memory.ts';
import { assemble } from '../observe/assemble.ts';
import { lookAtRuntimes } from '../observe/look-again.ts';
import { createObserve, type Observe } from '../observe/observe.ts';
import type { Answers, NodeMemory, World } from '../observe/world.ts';
import type { AcceptedTarget } from '../store/records.ts';
import type { Ledger } from '../target/ledger.ts';
import { allocatedPids, processesOf, QuietLooks, slicesOfAllocation } from './allocation-use.ts';
import type { AgentCoreDeps, CoreMetrics, RoundOutcome, RoundView } from './core-deps.ts';
import { Executor, type Hold } from './execute.ts';
import { note } from './handler-deps.ts';
import { writeBooks, writeLayouts, writesDown } from './round-books.ts';
import { noteBlindParts, noteRefusal, subjectOf } from './round-notes.ts';
import { roundPeriodMs } from './round-pace.ts';
import { createHandlers } from './handlers.ts';
import type { AllocationUse, PlanInput } from './plan-input.ts';
import { planNode } from './plan.ts';
import { Prober } from './prober.ts';
import { backoffLeftMs } from './replica-book.ts';
import { allowedRuntimes, planInput, probeTargets } from './round-input.ts';
import type { StatusInput } from './status.ts';
import { renderStep, type Handlers, type UnitPlan } from './steps.ts';

/** So many rounds may follow each other at once; more is a plan that runs in circles. */
const progressRoundsMax = 50;
/** How long a round waits for its units; a longer step is observed by later rounds. */
const unitPatienceMs = 1_000;

interface Round {
  readonly accepted: AcceptedTarget | null;
  readonly input: PlanInput;
  readonly plans: readonly UnitPlan[];
}

/** What steps are changing. */
interface Busy {
  readonly gpus: ReadonlySet<GpuUuid>;
  readonly replicas: ReadonlySet<ReplicaId>;
}

/**
 * Observe, plan, execute, report; again. Invariants: rounds do not overlap; nothing is planned for what was being
 * changed while it was looked at; what is told of the world was read in a round.
 */
export class ReconcileLoop {
  readonly #deps: AgentCoreDeps;
  readonly #ledger: Ledger;
  readonly #observe: Observe;
  readonly #executor: Executor;
  readonly #handlers: Handlers;
  readonly #prober: Prober;
  readonly #wake = new Wake();
  readonly #liveIntents = new Set<number>();
  readonly #pulling: Map<ReplicaId, string> = new Map();
  readonly #onPublish: () => void;
  readonly #roundsTotal: Record<RoundOutcome, number> = {
    blind: 0,
    converged: 0,
    waiting: 0,
    progressed: 0,
    failed: 0,
  };
  #timings: Answers['timings'] = {};
  #lastSuccessMs: number | null = null;
  #world: World | null = null;
  #round: Round | null = null;
  #lastRound: RoundView | null = null;
  #lastActions = '';
  #idleRounds = 0;
  #blindParts: readonly string[] = [];
  #refusal: string | null = null;
  #patient = false;
  readonly #quietLooks = new QuietLooks();

  constructor(deps: AgentCoreDeps, ledger: Ledger, onPublish: () => void) {
    this.#deps = deps;
    this.#ledger = ledger;
    this.#onPublish = onPublish;
    this.#observe = createObserve(deps);
    this.#handlers = createHandlers({
      clock: deps.clock,
      store: deps.store,
      nvidiaSmi: deps.nvidiaSmi,
      mps: deps.mps,
      runtimes: deps.runtimes,
      cardHold: deps.cardHandles,
      bootId: () => this.#bootId(),
      liveIntents: this.#liveIntents,
      pulling: this.#pulling,
    });
    this.#executor = new Executor({
      handlers: this.#handlers,
      clock: deps.clock,
      log: deps.log,
      afterCut: deps.afterCut,
      onEnd: () => {
        // A round that still waits for its units sees for itself how they end.
        if (!this.#patient) this.#wake.wake();
      },
      onFailure: (plan, failure) => {
        note(deps, 'step-failed', subjectOf(plan), failure.detail);
      },
    });
    this.#prober = new Prober({
      clock: deps.clock,
      httpGet: deps.httpGet,
      onChange: () => {
        this.#onPublish();
        this.#wake.wake();
      },
    });
  }

  get world(): World | null {
    return this.#world;
  }

  get lastRound(): RoundView | null {
    return this.#lastRound;
  }

  get planInput(): PlanInput | null {
    return this.#round?.input ?? null;
  }

  metrics(): CoreMetrics {
    return {
      roundsTotal: { ...this.#roundsTotal },
      lastSuccessMs: this.#lastSuccessMs,
      drivers: this.#timings,
    };
  }

  /** null: nothing has been accepted, or not looked at yet. */
  statusInput(): StatusInput | null {
    const round = this.#round;
    if (round === null || round.accepted === null) return null;
    const { store } = this.#deps;
    return {
      accepted: round.accepted,
      // What the round's own steps have written down is told at once.
      input: { ...round.input, records: store.replicas(), bindings: store.bindings() },
      plans: round.plans,
      failures: this.#executor.failures,
      runningSteps: this.#executor.runningSteps(),
      busyGpus: this.#executor.busyGpus(),
      pulling: this.#pulling,
      probe: (runtimeId) => this.#prober.state(runtimeId),
      tombstonesDone: store.tombstonesDone(),
      quietMs: this.#deps.quietMs,
      wallMs: this.#deps.clock.wallMs(),
    };
  }

  /** From now on nothing is done on this card, by this loop, until the hold is released. */
  hold(gpu: GpuUuid): Hold {
    return this.#executor.claim({ gpus: [gpu], replicas: [] });
  }

  /** Stops a replica because its card is changed; it starts again when its slice is there. */
  async stopReplica(replica: ReplicaId, signal: AbortSignal): Promise<void> {
    const hold = this.#executor.claim({ gpus: [], replicas: [replica] });
    try {
      await hold.settled;
      const runs = this.#world?.running.find((each) => each.replica === replica);
      if (runs === undefined) return;
      const { runtime } = runs;
      const graceMs = this.#deps.config.stopGraceMs;
      const why = 'layout' as const;
      await this.#handlers.stopReplica(
        { kind: 'stopReplica', replica, runtime, graceMs, why },
        signal,
      );
      await this.#lookAtRuntimes(signal);
    } finally {
      hold.release();
    }
  }

  /** Look again at once; what has failed is tried again. */
  poke(): void {
    this.#executor.forgetBackoffs();
    this.#wake.wake();
  }

  /** Rounds until `signal` aborts; then waits for the steps that it has begun. */
  async run(signal: AbortSignal): Promise<void> {
    let progressRounds = 0;
    try {
      while (!signal.aborted) {
        const outcome = await this.#runRound(signal);
        if (signal.aborted) return;
        progressRounds = outcome === 'progressed' ? progressRounds + 1 : 0;
        this.#idleRounds = outcome === 'progressed' ? 0 : this.#idleRounds + 1;
        // What was done is read back at once.
        if (outcome === 'progressed' && progressRounds < progressRoundsMax) continue;
        progressRounds = 0;
        await this.#pause(this.#periodMs(outcome), signal);
      }
    } finally {
      await this.#executor.settled();
      await this.#prober.close();
    }
  }

  async #runRound(signal: AbortSignal): Promise<RoundOutcome> {
    const { clock, log } = this.#deps;
    const startedAtMs = clock.wallMs();
    const from = clock.monotonicMs();
    this.#askForRoom();
    const seen = await this.#observeAndAct(signal).catch((error: unknown): RoundOutcome => {
      if (!isAppError(error, 'STORE_FULL')) throw error;
      return 'failed';
    });
    if (signal.aborted) return seen;
    this.#askForRoom();
    // Also where the disk was full for somebody else meanwhile: what this round found may be from before.
    const outcome = this.#refusal === null ? seen : 'failed';
    this.#roundsTotal[outcome] += 1;
    if (outcome !== 'blind') this.#lastSuccessMs = clock.wallMs();
    const durationMs = clock.monotonicMs() - from;
    const steps = (this.#round?.plans ?? []).flatMap((plan) => plan.steps.map(renderStep));
    const trouble = { blindParts: this.#blindParts, refusal: this.#refusal };
    this.#lastRound = { outcome, startedAtMs, durationMs, steps, ...trouble };
    log.debug({ outcome, durationMs, steps: steps.length }, 'round');
    if (this.#world !== null) {
      this.#deps.health?.roundEnded(this.#world, (gpus) => this.#executor.hold(gpus));
    }
    this.#onPublish();
    return outcome;
  }

  /** What failed for want of room is tried again as soon as there is some. */
  #askForRoom(): void {
    const before = this.#refusal;
    this.#refusal = noteRefusal(this.#deps, before);
    if (before !== null && this.#refusal === null) this.#executor.forgetBackoffs();
  }

  async #observeAndAct(signal: AbortSignal): Promise<RoundOutcome> {
    const { store } = this.#deps;
    const busySince = this.#executor.watchBusy();
    const accepted = this.#ledger.accepted();
    const shared = (accepted?.gpusInForce ?? []).filter((part) => part.mode === 'mps');
    const mpsCards = new Set([...store.mpsCards(), ...shared.map((part) => part.gpu)]);
    const lookedAtMs = this.#deps.clock.monotonicMs();
    const marked = await this.#findMarked(accepted, signal);
    const answers = await this.#observe([...mpsCards], signal);
    if (signal.aborted) return 'blind';
    this.#timings = answers.timings;
    this.#blindParts = noteBlindParts(this.#deps, this.#blindParts, answers);
    // Whatever was being changed at any time since the questions were asked is left for the next round.
    const busy = busySince();
    const allocatedTo = allocatedPids(marked, accepted, store.bindings());
    const world = this.#assemble(answers, busy.gpus, { marked, allocatedPids: allocatedTo });
    if (world === null) return 'blind';
    const first = this.#world === null;
    this.#world = world;
    let kept = this.#keepBooks(world, accepted, busy, signal);
    if (first) {
      // A restarted agent does not tell that what it re-adopts is not ready before it has asked.
      await this.#prober.askedOnce();
      if (signal.aborted) return 'blind';
      kept = this.#keepBooks(world, accepted, busy, signal);
    }
    const allocations = this.#lookAtAllocations(world, accepted, lookedAtMs);
    const input = planInput(world, accepted, { ...this.#deps, allocations });
    const plans = planNode(input);
    this.#round = { accepted, input, plans };
    // Told, and not acted on: whatever is done is written down first.
    if (!kept || this.#refusal !== null) return 'failed';
    return this.#act(plans, busy, signal);
  }

  /** Nobody is asked while there is no allocation. null: nobody could look. */
  async #findMarked(
    accepted: AcceptedTarget | null,
    signal: AbortSignal,
  ): Promise<World['marked']> {
    if ((accepted?.target.allocations ?? []).length === 0) return [];
    try {
      return await this.#deps.findMarked(signal);
    } catch (error) {
      if (!signal.aborted) this.#deps.log.warn({ err: errorChain(error) }, 'processes unread');
      return null;
    }
  }

  #lookAtAllocations(
    world: World,
    accepted: AcceptedTarget | null,
    lookedAtMs: number,
  ): readonly AllocationUse[] {
    if (accepted === null) return [];
    const uses = (accepted.target.allocations ?? []).map((target) => {
      const slices = slicesOfAllocation(target, accepted, this.#deps.store.bindings());
      return { target, slices, processes: processesOf(world, target, slices) };
    });
    this.#quietLooks.note(uses, lookedAtMs);
    return uses.map((use) => ({ ...use, quietLooks: this.#quietLooks.of(use.target) }));
  }

  #assemble(
    answers: Answers,
    busyGpus: Busy['gpus'],
    seen: Pick<NodeMemory, 'marked' | 'allocatedPids'>,
  ): World | null {
    const { config, store } = this.#deps;
    const known = store.layouts();
    const world = assemble(answers, {
      ...config,
      authorityByGpu: { ...config.authorityByGpu, ...store.authorities() },
      metricsAddress: config.metricsAddress(),
      mpsOffered: this.#deps.mps !== null,
      runtimesAllowed: allowedRuntimes(config),
      bindings: store.bindings(),
      layouts: known,
      mpsCards: store.mpsCards(),
      busyGpus,
      ...seen,
      health: this.#deps.health?.memory() ?? noHealthMemory,
      previous: this.#world,
    });
    if (world !== null) writeLayouts(this.#deps, world, known);
    return world;
  }

  /** Brings records, journal and probes in line with what was seen; answers whether there was room for it. */
  #keepBooks(
    world: World,
    accepted: AcceptedTarget | null,
    busy: Busy,
    signal: AbortSignal,
  ): boolean {
    const facts = {
      accepted,
      busyGpus: busy.gpus,
      busyReplicas: busy.replicas,
      healthyRuns: this.#prober.healthyRuns(),
      watchingSinceMs: this.#prober.sinceMs,
      liveIntents: this.#liveIntents,
    };
    const kept = writesDown(() => writeBooks(this.#deps, world, facts));
    this.#prober.follow(probeTargets(world, this.#deps.store.replicas()), signal);
    return kept;
  }

  async #act(plans: readonly UnitPlan[], busy: Busy, signal: AbortSignal): Promise<RoundOutcome> {
    const progressBefore = this.#executor.progressCount;
    this.#patient = true;
    const started = plans.filter((plan) => {
      const touched =
        plan.gpus.some((each) => busy.gpus.has(each)) ||
        plan.replicas.some((each) => busy.replicas.has(each));
      return !touched && this.#executor.start(plan, signal) === 'started';
    });
    this.#executor.forgetOthers(plans);
    if (started.length > 0) await this.#patience(signal);
    this.#patient = false;
    if (started.some((plan) => plan.steps.some((step) => step.kind === 'startReplica'))) {
      await this.#followStarts(signal);
    }
    // A plan equal to the last one has moved nothing.
    const actions = JSON.stringify(started.map((plan) => plan.steps));
    const same = started.length > 0 && actions === this.#lastActions;
    this.#lastActions = started.length > 0 ? actions : '';
    if (this.#executor.progressCount > progressBefore && !same) return 'progressed';
    if (this.#executor.failures.length > 0) return 'failed';
    if (plans.some((plan) => plan.steps.length > 0)) return 'waiting';
    return this.#world?.cardsBlind === null ? 'converged' : 'blind';
  }

  /** What has just been started is probed at once: somebody waits for it. */
  async #followStarts(signal: AbortSignal): Promise<void> {
    const world = await this.#lookAtRuntimes(signal);
    if (world === null) return;
    this.#prober.follow(probeTargets(world, this.#deps.store.replicas()), signal);
  }

  /** What runs is told anew, at once. null: nothing has been looked at yet. */
  async #lookAtRuntimes(signal: AbortSignal): Promise<World | null> {
    if (this.#world === null || this.#round === null || signal.aborted) return null;
    const seen = await lookAtRuntimes(this.#world, this.#deps.runtimes, signal);
    if (signal.aborted) return null;
    // A round may have ended meanwhile: only what runs is newer here.
    const world = { ...this.#world, running: seen.running };
    this.#world = world;
    this.#round = { ...this.#round, input: { ...this.#round.input, world } };
    return world;
  }

  async #patience(signal: AbortSignal): Promise<void> {
    const waiting = shortSignal(signal);
    const late = this.#deps.clock.sleep(unitPatienceMs, waiting.signal).catch(() => undefined);
    await Promise.race([this.#executor.settled(), late]);
    waiting.end();
  }

  #periodMs(outcome: RoundOutcome): number {
    const { clock, random, store } = this.#deps;
    const due = [
      ...store.replicas().map((each) => backoffLeftMs(each, clock.wallMs())),
      ...this.#executor.failures.map((each) => each.notBeforeMs - clock.monotonicMs()),
    ];
    return roundPeriodMs(outcome, { idleRounds: this.#idleRounds, due }, random);
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const rest = shortSignal(signal);
    const woken = this.#wake.wait(rest.signal);
    await Promise.race([woken, this.#deps.clock.sleep(ms, rest.signal).catch(() => undefined)]);
    rest.end();
    await woken;
  }

  #bootId(): BootId {
    assert(this.#world !== null, 'nothing is done before the host has been read');
    return this.#world.bootId;
  }
}
