import type { CoreDeps } from '../../../coordinator/fleet/world.ts';
import {
  createCoordinatorCore,
  type RunningCore,
} from '../../../coordinator/fleet/coordinator-core.ts';
import { fleetLimits, type FleetLimits } from '../../../coordinator/fleet/limits.ts';
import { open } from '../../../shared/placement/open.ts';
import { openDecisionLog, type DecisionLog } from '../../../coordinator/store/decision-log.ts';
import { openEventLog } from '../../../coordinator/store/event-log.ts';
import type { Store } from '../../../coordinator/store/store.ts';
import { parseModelName, type ModelName } from '../../../shared/domain/ids.ts';
import type { GpuNeed, ModelSpec } from '../../../shared/domain/model.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import { ManualClock } from '../manual-clock.ts';
import { FakeAgent, valueOf } from './fake-agent.ts';

/** A small generator with a seed: the same fleet twice. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One coordinator and some agents under one clock. */
export class SimFleet {
  readonly clock = new ManualClock();
  readonly agents: FakeAgent[] = [];
  readonly #limits: FleetLimits;
  readonly #random: () => number;
  #core: RunningCore | null = null;
  #stop: AbortController | null = null;
  #running: Promise<void> | null = null;
  /** What ended the coordinator's loop, if it ended by itself. */
  failure: unknown = null;
  decisions: DecisionLog | null = null;

  constructor(options: { readonly seed?: number; readonly limits?: Partial<FleetLimits> } = {}) {
    this.#random = seeded(options.seed ?? 1);
    this.#limits = { ...fleetLimits, ...options.limits };
  }

  get core(): RunningCore {
    if (this.#core === null) throw new Error('the coordinator does not run');
    return this.#core;
  }

  async start(store: Store, extra: Pick<CoreDeps, 'heardUntil'> = {}): Promise<void> {
    const eventLog = openEventLog(':memory:', { rowsMax: 10_000 });
    this.decisions = openDecisionLog(':memory:', { rowsMax: 10_000 });
    const core = await createCoordinatorCore({
      store,
      open,
      placement: { policy: 'tangram', seed: 1, demandHalfLife: 1_000 },
      clock: this.clock,
      random: this.#random,
      log: silentLog,
      decisionLog: this.decisions,
      eventLog,
      limits: this.#limits,
      ...extra,
    });
    this.#core = core;
    this.#stop = new AbortController();
    this.failure = null;
    this.#running = core.run(this.#stop.signal).catch((error: unknown) => {
      this.failure = error;
    });
  }

  /** The process is gone: agents hear nothing, and what they say reaches nobody. */
  async kill(): Promise<void> {
    this.#stop?.abort();
    await this.#running;
    for (const agent of this.agents) agent.forget();
    this.#core = null;
  }

  join(name: string, cards: string): FakeAgent {
    const agent = new FakeAgent(name, cards, () => this.core);
    this.agents.push(agent);
    agent.connect();
    return agent;
  }

  /** Half a second at a time: agents act and report, the coordinator plans. */
  async run(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += 500) {
      for (const agent of this.agents) agent.step();
      await this.clock.advance(500);
      if (this.failure !== null) throw new Error('the loop ended', { cause: this.failure });
    }
  }

  ready(name: string): number {
    const view = this.core.model(nameOf(name));
    return (view?.replicas ?? []).filter((replica) => replica.status?.phase === 'ready').length;
  }

  eventKinds(): readonly string[] {
    return this.core.events({ limit: 10_000, subject: null }).map((event) => event.kind);
  }

  violations(): readonly string[] {
    return this.agents.flatMap((agent) => agent.violations);
  }
}

export function nameOf(name: string): ModelName {
  return valueOf(parseModelName(name));
}

export const migNeed: GpuNeed = {
  memoryMib: 4_000,
  computePercent: 0,
  isolation: 'mig',
  count: 1,
  processes: 1,
  models: [],
};

/** A model that is well formed, with what the test cares about changed. */
export function modelSpec(name: string, change: Partial<ModelSpec> = {}): ModelSpec {
  return {
    name: nameOf(name),
    labels: {},
    replicas: 1,
    workload: {
      image: `${name}:1`,
      command: null,
      args: [],
      env: {},
      port: 8000,
      health: { path: '/healthz', startupDeadlineMs: 60_000 },
      cpuMillis: 500,
      memoryMib: 512,
      mounts: [],
      writableRoot: false,
    },
    gpu: migNeed,
    priority: 100,
    placement: { spread: 'none', maxPerNode: 0, antiAffinity: [], constraints: {} },
    disruption: { kind: 'never' },
    ...change,
  };
}

/** The same model with another image: what an update is. */
export function withImage(spec: ModelSpec, image: string): ModelSpec {
  return { ...spec, workload: { ...spec.workload, image } };
}
