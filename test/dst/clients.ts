import { AnsweredBefore, type OnceCall } from '../../coordinator/fleet/answers.ts';
import type { Coordinator } from '../../coordinator/leader/coordinator.ts';
import { parseAllocationName } from '../../shared/domain/ids.ts';
import type { AllocationName, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { Isolation } from '../../shared/domain/gpu.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { errorCodes, isAppError } from '../../shared/platform/errors.ts';
import { must } from '../fakes/agent/fake-core.ts';
import { migNeed, modelSpec, nameOf } from '../fakes/coordinator/sim-fleet.ts';
import type { Dice } from './dice.ts';
import type { Judge } from './judge.ts';
import type { SimAgent } from './sim-agent.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface ClientWorld {
  readonly time: VirtualTime;
  readonly judge: Judge;
  readonly agents: readonly SimAgent[];
  /** Those that listen now. */
  readonly coordinators: () => readonly Coordinator[];
  readonly note: (who: string, what: string) => void;
}

/** A call with all that is needed to make it again. */
interface Call {
  readonly who: string;
  readonly what: string;
  readonly make: (coordinator: Coordinator, once: OnceCall<unknown>) => Promise<unknown>;
  /** Once it was acknowledged; the call began at this moment. */
  readonly acknowledged: (beganMs: number) => void;
}

const again: ReadonlySet<string> = new Set([
  'NOT_LEADER',
  'STORE_AWAY',
  'STORE_OUTCOME_UNKNOWN',
  'COORDINATOR_AWAY',
]);
const patienceMs = 4_000;
const triesMax = 12;
const isolations: readonly Isolation[] = ['mig', 'mps', 'whole', 'any'];
const sizesMib = [2_000, 4_000, 9_000, 18_000];
const ttlMs = 15_000;

/** People and schedulers: each asks for one thing after the other, and asks again when nobody answered. */
export class Clients {
  readonly #world: ClientWorld;
  readonly #dice: Dice;
  readonly #busy = new Set<string>();
  #requests = 0;
  #pid = 50_000;
  /** From now on nobody asks for more. */
  quiet = false;

  constructor(world: ClientWorld, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
  }

  /** One of the things that clients do. */
  act(): void {
    const acts = [
      { weight: 6, run: () => this.#apply() },
      { weight: 3, run: () => this.#scale() },
      { weight: 2, run: () => this.#delete() },
      { weight: 2, run: () => this.#drain() },
      { weight: 2, run: () => this.#plan() },
      { weight: 5, run: () => this.#allocate() },
      { weight: 4, run: () => this.#renew() },
      { weight: 2, run: () => this.#release() },
      { weight: 4, run: () => this.#work() },
      { weight: 2, run: () => this.#stopWork() },
    ];
    this.#dice.weighted(acts)?.run();
  }

  /** Everybody goes home: processes end, nodes are taken back into service. Again, until nobody is left. */
  goHome(): void {
    this.quiet = true;
    for (const agent of this.#world.agents) {
      for (const client of agent.clientDevices.keys()) this.#end(agent, client);
      const wanted = this.#world.judge.nodes.rows.get(`nodes/${agent.node}`)?.wanted;
      if (wanted !== 'ready') this.#availability(agent.node, 'ready');
    }
  }

  /** Whether something is still asked. */
  get waiting(): boolean {
    return this.#busy.size > 0;
  }

  #apply(): void {
    const name = this.#model();
    const { judge } = this.#world;
    const before = judge.models.rows.get(`models/${name}`)?.spec;
    const fresh = before === undefined || this.#dice.chance(0.4);
    const spec = fresh ? this.#spec(name) : { ...before, replicas: this.#dice.between(0, 4) };
    this.#ask({
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
    this.#ask({
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
    this.#ask({
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
    this.#ask({
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
    this.#ask({
      who: `models/${name}`,
      what: `plan ${name} and carry it out`,
      make: async (core, once) => {
        const plan = this.#dice.chance(0.3)
          ? (await core.planDefrag(budget)).plan
          : (await core.applyModel(spec, options)).plan;
        return plan.stages.length === 0 ? null : core.applyPlan(plan.id, { once });
      },
      acknowledged: () => undefined,
    });
  }

  #allocate(): void {
    const name = this.#allocation();
    const { judge } = this.#world;
    const gpu = {
      ...migNeed,
      isolation: this.#dice.pick(isolations) ?? 'any',
      memoryMib: this.#dice.pick(sizesMib) ?? 2_000,
    };
    const needs = { labels: {}, cpuMillis: 0, memoryMib: 0, constraints: {}, priority: 100 };
    const waitMs = this.#dice.chance(0.5) ? 10_000 : 0;
    this.#ask({
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
        if (judge.grantedUntilMs.has(name)) return;
        judge.grantedUntilMs.set(name, beganMs + ttlMs - 1);
      },
    });
  }

  #renew(): void {
    const name = this.#allocation();
    const { judge } = this.#world;
    this.#ask({
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
    this.#ask({
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

  /** A client that was told that its slices are ready begins to work on them. */
  #work(): void {
    const name = this.#allocation();
    const { judge, agents } = this.#world;
    const stored = judge.allocations.rows.get(`allocations/${name}`);
    if (stored === undefined || stored.ended !== null || this.quiet) return;
    for (const core of this.#world.coordinators()) {
      const { leading } = core.standing();
      const view = leading ? core.allocations.get(name) : undefined;
      if (view?.state !== 'ready' || view.access === null || view.claim?.id !== stored.claim)
        continue;
      const agent = agents.find((each) => each.name === view.claim?.node);
      if (agent === undefined || agent.clientDevices.has(name)) return;
      const { deviceUuids } = view.access;
      this.#pid += 1;
      const process = { pid: this.#pid, name: 'python3', value: name };
      agent.fake.marked = [...agent.fake.marked, process];
      agent.clientDevices.set(name, deviceUuids);
      this.#world.note(agent.name, `client ${name} works on ${deviceUuids.join(' ')}`);
      return;
    }
  }

  #stopWork(): void {
    const agent = this.#dice.pick(this.#world.agents.filter((each) => each.clientDevices.size > 0));
    const client = this.#dice.pick([...(agent?.clientDevices.keys() ?? [])]);
    if (agent !== undefined && client !== undefined) this.#end(agent, client);
  }

  #end(agent: SimAgent, client: string): void {
    agent.fake.marked = agent.fake.marked.filter((each) => each.value !== client);
    agent.clientDevices.delete(client);
    this.#world.note(agent.name, `client ${client} ends`);
  }

  /** One call at a time about one thing: what was said last is what is wanted. */
  #ask(call: Call): void {
    if (this.#busy.has(call.who)) return;
    this.#busy.add(call.who);
    this.#requests += 1;
    const id = `r-${this.#requests}`;
    const { time, judge, note } = this.#world;
    note('client', `${call.what} (${id})`);
    const name = call.who.replace(/^models\//, '');
    const once: OnceCall<unknown> = { id, fingerprint: id, encode: () => new Uint8Array([1]) };
    judge.inFlight.set(name, (judge.inFlight.get(name) ?? 0) + 1);
    let open = 0;
    let over = false;
    const release = (): void => {
      if (over && open === 0) judge.inFlight.set(name, (judge.inFlight.get(name) ?? 1) - 1);
    };
    const finish = (how: string): void => {
      over = true;
      this.#busy.delete(call.who);
      note('client', `${id} ${how}`);
    };
    // Of the first try: what an earlier one was given is what a later one is told of.
    const beganMs = time.nowMs;
    const attempt = (left: number): void => {
      const core = this.#dice.pick(this.#world.coordinators());
      const retry = (): void => {
        if (over) return;
        if (left === 0) finish('gave up');
        else time.after(300 + this.#dice.next() * 700, () => over || attempt(left - 1));
      };
      if (core === undefined) {
        retry();
        release();
        return;
      }
      open += 1;
      let waits = true;
      const stopWaiting = time.after(patienceMs, () => {
        waits = false;
        retry();
      });
      const answered = (error: unknown): void => {
        open -= 1;
        stopWaiting();
        const done = error === null || error instanceof AnsweredBefore;
        if (!over && done) {
          finish('acknowledged');
          call.acknowledged(beganMs);
        } else if (!over && isAppError(error) && again.has(error.code)) {
          if (waits) retry();
        } else if (!over) {
          this.#judgeRefusal(call, error);
          finish(`refused: ${error instanceof Error ? error.message : String(error)}`);
        }
        release();
      };
      Promise.resolve()
        .then(() => call.make(core, once))
        .then(
          () => answered(null),
          (error: unknown) => answered(error),
        );
    };
    attempt(triesMax);
  }

  /** Whoever is refused is told why, in words, and it is his to act upon. */
  #judgeRefusal(call: Call, error: unknown): void {
    const fine =
      isAppError(error) && error.message.length > 10 && errorCodes[error.code].actor === 'caller';
    if (!fine) this.#world.judge.say('I9', `${call.what} failed: ${String(error)}`);
  }

  #model(): ModelName {
    return nameOf(this.#dice.pick(['asr', 'ocr', 'tts', 'llm', 'vad']) ?? 'asr');
  }

  #allocation(): AllocationName {
    return must(parseAllocationName(this.#dice.pick(['train', 'eval', 'probe']) ?? 'train'));
  }

  #spec(name: string): ModelSpec {
    const gpu = {
      ...migNeed,
      isolation: this.#dice.pick(isolations) ?? 'any',
      memoryMib: this.#dice.pick(sizesMib) ?? 4_000,
    };
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
