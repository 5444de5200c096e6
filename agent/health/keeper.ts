import type { CardVerdict } from '../../shared/domain/card-health.ts';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import { nvlinkResetNote } from '../../shared/domain/nvlink-reset.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { KernelLogSource } from '../drivers/kernel-log/kernel-log.ts';
import type { GpuActual, World } from '../observe/world.ts';
import type { HoldCards, RoundHealth } from '../reconcile/core-deps.ts';
import type { AgentStore } from '../store/agent-store.ts';
import type { CardRecovery } from '../store/health-records.ts';
import { healSteps, lentNote, stepsAfter, type CardSurroundings } from './advice.ts';
import { HealthBook } from './book.ts';
import type { CardActions } from './card-actions.ts';
import { cardUsers } from './card-facts.ts';
import { incidentsOf, recoveryOf, withSighting, type CardSighting } from './incidents.ts';
import { judge } from './judge.ts';
import { followKernelLog } from './kernel-follower.ts';
import type { HealthMemory } from './memory.ts';
import { ruleOf, type HealthPolicy, type XidRule } from './policy.ts';
import type { CardReadings } from './readings.ts';
import { RecoveryLoop } from './recovery-loop.ts';
import { recoverable } from './recovery-plan.ts';
import { sightingOf, type CardEvent } from './sighting.ts';
import { lentOn, strangersOn } from './unrecorded.ts';

export interface HealthKeeperDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: AgentStore;
  readonly policy: HealthPolicy;
  /** null: this host has no kernel log that we may read. */
  readonly kernelLog: KernelLogSource | null;
  /** The newest close look at each card; empty where nothing looks closely. */
  readonly readings: () => ReadonlyMap<GpuUuid, CardReadings>;
  readonly actions: CardActions;
  /** The node and its cards are worth another look, now. */
  readonly lookAgain: () => void;
}

/** One card as `agentctl health` shows it. */
export interface CardHealthView {
  readonly gpu: GpuActual;
  readonly recovery: CardRecovery | null;
  /** What the recovery waits for; null: nothing. */
  readonly waitsFor: string | null;
  readonly users: readonly string[];
  readonly readings: CardReadings | null;
  readonly xidTotals: ReadonlyMap<string, number>;
}

/** Who only looks. */
export type HealthReader = Pick<HealthKeeper, 'views'>;

/** What an event leads to. */
export interface EventOutcome {
  readonly rule: XidRule;
  readonly before: CardVerdict;
  readonly after: CardVerdict;
  /** Who was hit; null: nobody can be told. */
  readonly victim: string | null;
  readonly steps: readonly string[];
}

export interface HealPlan {
  readonly resets: boolean;
  readonly steps: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Judges the cards of this node and mends them when asked to.
 * Invariants: what it tells is on disk; a card is reset only while nothing runs on it and the loop keeps off; injected
 * events never touch hardware.
 */
export class HealthKeeper implements RoundHealth {
  readonly #deps: HealthKeeperDeps;
  readonly #book: HealthBook;
  readonly #recoveries: RecoveryLoop;
  readonly #waiting: ((world: World) => void)[] = [];
  readonly #told = new Map<GpuUuid, string>();
  #world: World | null = null;

  constructor(deps: HealthKeeperDeps) {
    this.#deps = deps;
    this.#book = new HealthBook(deps.store);
    this.#recoveries = new RecoveryLoop({
      ...deps,
      book: this.#book,
      losesForGood: (gpu) => strangersOn(deps.store, gpu.inventory).length > 0,
      lookedAtMs: (gpu) => deps.readings().get(gpu)?.atMs ?? null,
      note: (gpu, kind, message) => this.#note(kind, `gpus/${gpu}`, message),
    });
  }

  /** Where Xids are read; null: nowhere. */
  get kernelLog(): string | null {
    return this.#deps.kernelLog?.name ?? null;
  }

  memory(): HealthMemory {
    return {
      policy: this.#deps.policy,
      records: this.#book.records(),
      readings: this.#deps.readings(),
    };
  }

  roundEnded(world: World, hold: HoldCards): void {
    this.#world = world;
    for (const gpu of world.gpus) this.#tellChange(gpu);
    for (const answer of this.#waiting.splice(0)) answer(world);
    this.#recoveries.roundEnded({ world, hold });
  }

  /** Follows the kernel log and moves recoveries on, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { kernelLog, clock, log } = this.#deps;
    const follow =
      kernelLog === null
        ? Promise.resolve()
        : followKernelLog(
            {
              source: kernelLog,
              book: this.#book,
              clock,
              log,
              world: (inner) => this.#firstWorld(inner),
              onSeen: (all, fresh) => this.#onSeen(all, fresh),
              onStranger: (event, line) => {
                const words = line.slice(0, 300);
                this.#note(event.kind === 'sxid' ? 'sxid' : 'xid-stranger', 'node', words);
              },
            },
            signal,
          );
    await Promise.all([follow, this.#recoveries.run(signal)]);
  }

  #resetNotes({ inventory, nvlinkPeers }: GpuActual, world: World): readonly string[] {
    const notes = [
      nvlinkResetNote(inventory.productName, world.gpus.length === 1 ? [] : nvlinkPeers),
      lentNote(lentOn(this.#deps.store, inventory)),
    ];
    return notes.filter((note) => note !== null);
  }

  views(): readonly CardHealthView[] {
    const world = this.#world;
    if (world === null) return [];
    return world.gpus.map((gpu) => ({
      gpu,
      recovery: recoveryOf(this.#book.records().get(gpu.uuid), world.bootId),
      waitsFor: this.#recoveries.waitsFor(gpu.uuid),
      users: cardUsers(world, gpu),
      readings: this.#deps.readings().get(gpu.uuid) ?? null,
      xidTotals: this.#book.totals().get(gpu.uuid) ?? new Map<string, number>(),
    }));
  }

  /** What an event would lead to. Changes nothing. Throws GPU_UNKNOWN. */
  foretell(uuid: string, event: CardEvent): EventOutcome {
    const { gpu, world } = this.#card(uuid);
    const { policy, clock } = this.#deps;
    const record = this.#book.records().get(gpu.uuid);
    const { sighting } = sightingOf(world, gpu, event);
    const after = judge(
      {
        gpu: gpu.uuid,
        nowMs: clock.wallMs(),
        look: gpu.look,
        readings: this.#deps.readings().get(gpu.uuid) ?? null,
        incidents: withSighting(incidentsOf(record, world.bootId), sighting),
        instances: gpu.inventory.instances,
        recovery: recoveryOf(record, world.bootId),
        before: gpu.verdict,
      },
      policy,
    );
    const victim = sighting.victim?.who ?? null;
    const tell = victim === null ? [] : [`write an event for ${victim}`];
    const steps = [...tell, ...stepsAfter(after, this.#around(gpu, world))];
    return { rule: ruleOf(policy, event.code), before: gpu.verdict, after, victim, steps };
  }

  /** Takes an event as if the kernel had told of it, marked as injected. Throws GPU_UNKNOWN. */
  inject(uuid: string, event: CardEvent): EventOutcome {
    const outcome = this.foretell(uuid, event);
    const { gpu, world } = this.#card(uuid);
    const seen = [sightingOf(world, gpu, { ...event, injected: true })];
    this.#onSeen(seen, this.#book.record(seen, { bootId: world.bootId, position: null }));
    return outcome;
  }

  /** What `heal` would do. Throws GPU_UNKNOWN, GPU_REFUSED when there is nothing that a reset mends. */
  planHeal(uuid: string): HealPlan {
    const { gpu, world } = this.#card(uuid);
    const found = recoverable(gpu.verdict);
    if (!found.ok) {
      const { message, hint } = found.problem;
      throw new AppError('GPU_REFUSED', message, hint === undefined ? {} : { hint });
    }
    const { resets } = found.value;
    return {
      resets,
      steps: healSteps(resets, this.#around(gpu, world)),
      notes: resets ? this.#resetNotes(gpu, world) : [],
    };
  }

  /** Begins a recovery, or leaves the one that is under way. Durable when it returns. */
  heal(uuid: string): HealPlan {
    const plan = this.planHeal(uuid);
    const { gpu, world } = this.#card(uuid);
    this.#recoveries.begin(gpu, world, plan.resets);
    return plan;
  }

  #onSeen(all: readonly CardSighting[], fresh: readonly CardSighting[]): void {
    for (const { gpu, sighting } of fresh) {
      const { code, line, victim, injected } = sighting;
      const words = `Xid ${code}${injected ? ' (injected)' : ''}: ${line.slice(0, 300)}`;
      this.#note('xid', `gpus/${gpu}`, words);
      // A process that is nobody's replica has no history here.
      if (victim?.job.startsWith('models/') !== true) continue;
      this.#note('card-fault', `replicas/${victim.who}`, `hit by Xid ${code} on ${gpu}`);
    }
    this.#deps.log.warn({ events: all.length, fresh: fresh.length }, 'Xid');
    if (fresh.length > 0) this.#deps.lookAgain();
  }

  /** One event when a card's state changes, not one a round. */
  #tellChange({ uuid, verdict }: GpuActual): void {
    const last = this.#told.get(uuid);
    this.#told.set(uuid, verdict.state);
    if (last === verdict.state || (last === undefined && verdict.state === 'ok')) return;
    const why = verdict.reasons.find((each) => each.state === verdict.state)?.message ?? '';
    const words = verdict.state === 'ok' ? 'ok again' : `${verdict.state}: ${why}`;
    this.#note('card-health', `gpus/${uuid}`, words);
  }

  #around(gpu: GpuActual, world: World): CardSurroundings {
    const { policy } = this.#deps;
    const lost = strangersOn(this.#deps.store, gpu.inventory);
    return { inventory: gpu.inventory, users: cardUsers(world, gpu), lost, policy };
  }

  #card(uuid: string): { readonly gpu: GpuActual; readonly world: World } {
    const world = this.#world;
    const gpu = world?.gpus.find((each) => each.uuid === uuid);
    if (world === null || gpu === undefined) {
      throw new AppError('GPU_UNKNOWN', `no card ${uuid} on this node`);
    }
    return { gpu, world };
  }

  async #firstWorld(signal: AbortSignal): Promise<World> {
    if (this.#world !== null) return this.#world;
    return new Promise<World>((resolve, reject) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  #note(kind: string, subject: string, message: string): void {
    const { store, clock } = this.#deps;
    store.appendEvent({ atMs: clock.wallMs(), kind, subject, message });
  }
}
