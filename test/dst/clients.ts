import { parseAllocationName } from '../../shared/domain/ids.ts';
import type { AllocationName, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { Isolation } from '../../shared/domain/gpu.ts';
import type { GpuNeed, ModelSpec } from '../../shared/domain/model.ts';
import { must } from '../fakes/agent/fake-core.ts';
import { migNeed, modelSpec, nameOf } from '../fakes/coordinator/sim-fleet.ts';
import { Asker } from './asker.ts';
import { ClientWork, type WorkWorld } from './client-work.ts';
import type { Dice } from './dice.ts';

/** Less than the patience: whoever reads for longer would ask for another plan. */
const readingMsMax = 3_500;
const isolations: readonly Isolation[] = ['mig', 'mps', 'whole', 'any'];
const sizesMib = [2_000, 4_000, 9_000, 18_000];
const ttlMs = 15_000;

/** People and schedulers: each asks for one thing after the other, and asks again when nobody answered. */
export class Clients {
  readonly #world: WorkWorld;
  readonly #dice: Dice;
  readonly #asker: Asker;
  readonly #work: ClientWork;
  /** From now on nobody asks for more. */
  quiet = false;

  constructor(world: WorkWorld, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
    this.#asker = new Asker(world, dice);
    this.#work = new ClientWork(world, dice);
  }

  /** One of the things that clients do. */
  act(): void {
    const acts = [
      { weight: 6, run: () => this.#apply() },
      { weight: 3, run: () => this.#scale() },
      { weight: 2, run: () => this.#delete() },
      { weight: 2, run: () => this.#drain() },
      { weight: 4, run: () => this.#plan() },
      { weight: 5, run: () => this.#allocate() },
      { weight: 4, run: () => this.#renew() },
      { weight: 2, run: () => this.#release() },
      { weight: 4, run: () => this.quiet || this.#work.begin(this.#allocation()) },
      { weight: 3, run: () => this.#work.goOn() },
      { weight: 2, run: () => this.#work.stop() },
    ];
    this.#dice.weighted(acts)?.run();
  }

  /** Everybody goes home: processes end, nodes are taken back into service. Again, until nobody is left. */
  goHome(): void {
    this.quiet = true;
    for (const agent of this.#world.agents) {
      this.#work.endAll(agent);
      const wanted = this.#world.judge.nodes.rows.get(`nodes/${agent.node}`)?.wanted;
      if (wanted !== 'ready') this.#availability(agent.node, 'ready');
    }
  }

  /** Whether something is still asked. */
  get waiting(): boolean {
    return this.#asker.waiting;
  }

  #apply(): void {
    const name = this.#model();
    const { judge } = this.#world;
    const before = judge.models.rows.get(`models/${name}`)?.spec;
    const fresh = before === undefined || this.#dice.chance(0.4);
    const spec = fresh ? this.#spec(name) : { ...before, replicas: this.#dice.between(0, 4) };
    this.#asker.ask({
      who: `models/${name}`,
      what: `apply ${name} replicas ${spec.replicas} ${spec.workload.image ?? ''}`,
      make: (core, once) => core.applyModel(spec, { validateOnly: false, etag: null, once }),
      acknowledged: () => {
        const stored = judge.models.rows.get(`models/${name}`);
        const same = JSON.stringify(stored?.spec) === JSON.stringify(spec);
        if (!same) judge.say('I3', `apply of ${name} was acknowledged and is not in the store`);
      },
    });
  }

  #scale(): void {
    const name = this.#model();
    const { judge } = this.#world;
    const replicas = this.#dice.between(0, 4);
    this.#asker.ask({
      who: `models/${name}`,
      what: `scale ${name} to ${replicas}`,
      make: (core, once) =>
        core.scaleModel(name, replicas, { validateOnly: false, etag: null, once }),
      acknowledged: () => {
        const stored = judge.models.rows.get(`models/${name}`);
        if (stored?.spec.replicas !== replicas) {
          judge.say('I3', `scale of ${name} was acknowledged and is not in the store`);
        }
      },
    });
  }

  #delete(): void {
    const name = this.#model();
    const { judge } = this.#world;
    this.#asker.ask({
      who: `models/${name}`,
      what: `delete ${name}`,
      make: (core, once) => core.deleteModel(name, { validateOnly: false, once }),
      acknowledged: () => {
        if (judge.models.rows.get(`models/${name}`)?.deleting === false) {
          judge.say('I3', `the deletion of ${name} was acknowledged and is not in the store`);
        }
      },
    });
  }

  #drain(): void {
    const agent = this.#dice.pick(this.#world.agents);
    if (agent === undefined) return;
    this.#availability(
      agent.node,
      this.#dice.pick(['ready', 'ready', 'cordoned', 'draining']) ?? 'ready',
    );
  }

  #availability(node: NodeName, wanted: 'ready' | 'cordoned' | 'draining'): void {
    const { judge } = this.#world;
    this.#asker.ask({
      who: `nodes/${node}`,
      what: `${node} is to be ${wanted}`,
      make: (core, once) => core.setAvailability(node, wanted, { etag: null, once }),
      acknowledged: () => {
        if (judge.nodes.rows.get(`nodes/${node}`)?.wanted !== wanted) {
          judge.say('I3', `${node} ${wanted} was acknowledged and is not in the store`);
        }
      },
    });
  }

  /** Reads a plan, and has exactly that carried out; or none. */
  #plan(): void {
    const name = this.#model();
    const spec = this.#spec(name);
    const budget = {
      interruptionMs: this.#dice.chance(0.5) ? 0 : 120_000,
      allowPreemption: this.#dice.chance(0.3),
      recutIdle: false,
    };
    const options = { validateOnly: true, keepPlan: true, etag: null, budget } as const;
    const readingMs = this.#dice.chance(0.6) ? this.#dice.between(200, readingMsMax) : 0;
    this.#asker.ask({
      who: `models/${name}`,
      what: `plan ${name} and carry it out`,
      make: async (core, once) => {
        const plan = this.#dice.chance(0.3)
          ? (await core.planDefrag(budget)).plan
          : (await core.applyModel(spec, options)).plan;
        if (plan.stages.length === 0) return null;
        await this.#pass(readingMs);
        return core.applyPlan(plan.id, { once });
      },
      acknowledged: () => undefined,
    });
  }

  /** Meanwhile the world moves on. */
  async #pass(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#world.time.after(ms, resolve);
    });
  }

  #allocate(): void {
    const name = this.#allocation();
    const { judge } = this.#world;
    const gpu = this.#need();
    const needs = { labels: {}, cpuMillis: 0, memoryMib: 0, constraints: {}, priority: 100 };
    const waitMs = this.#dice.chance(0.5) ? 10_000 : 0;
    this.#asker.ask({
      who: `allocations/${name}`,
      what: `allocate ${name} ${gpu.memoryMib} MiB ${gpu.isolation}`,
      make: (core, once) =>
        core.allocations.allocate(
          { name, gpu, ttlMs, ...needs },
          { waitMs, validateOnly: false, once },
        ),
      acknowledged: (beganMs) => {
        const stored = judge.allocations.rows.get(`allocations/${name}`);
        if (stored?.claim === null || stored?.ended !== null) return;
        // Whoever asks for what is there already is told of it, and no time is added.
        if ((judge.placedAtMs.get(name) ?? 0) < beganMs) return;
        judge.grantedUntilMs.set(name, beganMs + ttlMs - 1);
      },
    });
  }

  #renew(): void {
    const name = this.#allocation();
    const { judge } = this.#world;
    this.#asker.ask({
      who: `allocations/${name}`,
      what: `renew ${name}`,
      make: (core, once) => core.allocations.renew(name, { ttlMs: null, once }),
      acknowledged: (beganMs) => {
        if (judge.allocations.rows.get(`allocations/${name}`)?.ended !== null) return;
        judge.grantedUntilMs.set(name, beganMs + ttlMs - 1);
      },
    });
  }

  #release(): void {
    const name = this.#allocation();
    const { judge } = this.#world;
    this.#asker.ask({
      who: `allocations/${name}`,
      what: `release ${name}`,
      make: (core, once) => core.allocations.release(name, { once }),
      acknowledged: () => {
        if (judge.allocations.rows.get(`allocations/${name}`)?.ended === null) {
          judge.say('I3', `the release of ${name} was acknowledged and is not in the store`);
        }
      },
    });
  }

  #model(): ModelName {
    return nameOf(this.#dice.pick(['asr', 'ocr', 'tts', 'llm', 'vad']) ?? 'asr');
  }

  #allocation(): AllocationName {
    return must(parseAllocationName(this.#dice.pick(['train', 'eval', 'probe']) ?? 'train'));
  }

  /** Now and then two at once: then a claim has two slices, which come and go one by one. */
  #need(): GpuNeed {
    const isolation = this.#dice.pick(isolations) ?? 'any';
    const memoryMib = this.#dice.pick(sizesMib) ?? 2_000;
    const count = this.#dice.chance(isolation === 'whole' ? 0.5 : 0.25) ? 2 : 1;
    return { ...migNeed, isolation, memoryMib, count };
  }

  #spec(name: string): ModelSpec {
    const gpu = this.#need();
    const spec = modelSpec(name, {
      replicas: this.#dice.between(1, 3),
      gpu,
      priority: this.#dice.pick([50, 100, 200]) ?? 100,
      disruption: this.#dice.pick([
        { kind: 'never' },
        { kind: 'budget', seconds: 60 },
      ] as const) ?? { kind: 'never' },
    });
    const image = `${name}:${this.#dice.between(1, 3)}`;
    return { ...spec, workload: { ...spec.workload, image } };
  }
}
