import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStore, type StoreFault } from '../../coordinator/store/memory-store.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import { migNeed, modelSpec, nameOf, SimFleet, withImage } from '../fakes/coordinator/sim-fleet.ts';

/** What may happen to a fleet. Nothing in here ends a replica by itself: whatever ends was ended by a decision. */
type Action =
  | {
      readonly kind: 'apply';
      readonly model: number;
      readonly replicas: number;
      readonly image: number;
    }
  | { readonly kind: 'scale'; readonly model: number; readonly replicas: number }
  | { readonly kind: 'delete'; readonly model: number }
  | { readonly kind: 'link'; readonly agent: number; readonly up: boolean }
  | { readonly kind: 'pause'; readonly agent: number; readonly paused: boolean }
  | {
      readonly kind: 'wanted';
      readonly agent: number;
      readonly wanted: 'ready' | 'cordoned' | 'draining';
    }
  | { readonly kind: 'layout'; readonly agent: number }
  | { readonly kind: 'coordinator' }
  | { readonly kind: 'store'; readonly fault: StoreFault }
  | { readonly kind: 'run'; readonly seconds: number };

const agentNames = ['node-a', 'node-b', 'node-c'] as const;
const agentCards = ['A100-40GB', '2xA100-40GB,L40S', 'L40S'] as const;
/** One model of each way to share a card, and one on CPU. */
const models: readonly ModelSpec[] = [
  modelSpec('mig', { gpu: migNeed }),
  modelSpec('mps', { gpu: { ...migNeed, isolation: 'mps', memoryMib: 9_000 } }),
  modelSpec('whole', { gpu: { ...migNeed, isolation: 'whole', memoryMib: 30_000 }, priority: 200 }),
  modelSpec('cpu', { gpu: null }),
];

const of = <T>(kind: T) => fc.constant(kind);
const model = fc.nat({ max: models.length - 1 });
const agent = fc.nat({ max: agentNames.length - 1 });
const replicas = fc.nat({ max: 4 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: of('apply' as const),
      model,
      replicas,
      image: fc.nat({ max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: of('scale' as const), model, replicas }) },
  { weight: 1, arbitrary: fc.record({ kind: of('delete' as const), model }) },
  { weight: 4, arbitrary: fc.record({ kind: of('link' as const), agent, up: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: of('pause' as const), agent, paused: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: of('wanted' as const),
      agent,
      wanted: fc.constantFrom('ready' as const, 'cordoned' as const, 'draining' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: of('layout' as const), agent }) },
  { weight: 1, arbitrary: fc.record({ kind: of('coordinator' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: of('store' as const),
      fault: fc.constantFrom('lost-before' as const, 'lost-after' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: of('run' as const), seconds: fc.constantFrom(1, 2, 5, 70) }),
  },
);

/** Copies that run and answer somewhere, whether or not anybody can see them. */
function servingOf(fleet: SimFleet, name: string): number {
  return fleet.agents
    .flatMap((each) => each.running)
    .filter((each) => each.replica.startsWith(`${name}-`) && each.phase === 'ready').length;
}

class Schedule {
  readonly fleet: SimFleet;
  readonly #faults: StoreFault[] = [];
  readonly #store = new MemoryStore(() => this.#faults.shift() ?? 'none');
  readonly #deleted = new Set<number>();
  /** The least that was ever asked of each model: more than that must never stop serving. */
  readonly #least = new Map<string, number>();
  readonly #down = new Set<number>();
  readonly #inPlace = new Map<string, number>();
  #eventsSeen = 0;

  constructor(seed: number) {
    this.fleet = new SimFleet({ seed });
  }

  async begin(): Promise<void> {
    await this.fleet.start(this.#store);
    for (const [at, name] of agentNames.entries()) {
      this.fleet.join(name, agentCards[at] ?? 'L40S');
    }
    await this.run(2);
  }

  async act(step: Action): Promise<void> {
    try {
      await this.#act(step);
    } catch (error) {
      // A door would answer with these; everything else is a bug.
      if (!isAppError(error)) throw error;
      expect([
        'STORE_OUTCOME_UNKNOWN',
        'MODEL_CONFLICT',
        'MODEL_UNKNOWN',
        'NODE_UNKNOWN',
      ]).toContain(error.code);
    }
  }

  async #act(step: Action): Promise<void> {
    const { fleet } = this;
    const { core } = fleet;
    switch (step.kind) {
      case 'apply': {
        const spec = models[step.model];
        // A name that was deleted is not used again: its old copies would be counted with the new.
        if (spec === undefined || this.#deleted.has(step.model)) return;
        this.#ask(spec.name, step.replicas);
        const next = withImage({ ...spec, replicas: step.replicas }, `${spec.name}:${step.image}`);
        await core.applyModel(next, { validateOnly: false, etag: null });
        return;
      }
      case 'scale':
        if (this.#deleted.has(step.model)) return;
        this.#ask(models[step.model]?.name ?? '', step.replicas);
        await core.scaleModel(nameOf(models[step.model]?.name ?? 'none'), step.replicas);
        return;
      case 'delete':
        this.#deleted.add(step.model);
        await core.deleteModel(nameOf(models[step.model]?.name ?? 'none'), { validateOnly: false });
        return;
      case 'link':
        this.#link(step.agent, step.up);
        return;
      case 'pause': {
        const paused = fleet.agents[step.agent];
        if (paused !== undefined) paused.paused = step.paused;
        return;
      }
      case 'wanted':
        await core.setAvailability(fleet.agents[step.agent]?.node ?? never(), step.wanted);
        return;
      case 'layout':
        fleet.agents[step.agent]?.touchLayout(0);
        return;
      case 'coordinator':
        await fleet.kill();
        // Its events die with it, and it may have said one since time last passed.
        this.#countInPlace(core);
        this.#eventsSeen = 0;
        await fleet.start(this.#store);
        for (const at of fleet.agents.keys()) if (!this.#down.has(at)) this.#link(at, true);
        return;
      case 'store':
        this.#faults.push(step.fault);
        return;
      case 'run':
        await this.run(step.seconds);
    }
  }

  /** Time passes; after each half second nobody may serve less than before without a reason that was said. */
  async run(seconds: number): Promise<void> {
    for (let at = 0; at < seconds * 2; at += 1) {
      const before = models.map(({ name }) => servingOf(this.fleet, name));
      await this.fleet.run(500);
      this.#countInPlace(this.fleet.core);
      for (const [index, { name }] of models.entries()) {
        if (this.#deleted.has(index)) continue;
        const floor = Math.min(before[index] ?? 0, this.#least.get(name) ?? 0);
        const missing = floor - servingOf(this.fleet, name);
        if (missing <= 0) continue;
        const budget = (this.#inPlace.get(name) ?? 0) - missing;
        expect(budget, `${name} serves ${missing} fewer than it must`).toBeGreaterThanOrEqual(0);
        this.#inPlace.set(name, budget);
      }
      expect(this.fleet.violations()).toEqual([]);
    }
  }

  /** Everything is mended; what is wanted must come true. */
  async heal(): Promise<void> {
    this.#faults.length = 0;
    for (const [at, each] of this.fleet.agents.entries()) {
      each.paused = false;
      if (!each.connected) this.#link(at, true);
      await this.act({ kind: 'wanted', agent: at, wanted: 'ready' });
    }
    await this.run(240);
    for (const view of this.fleet.core.models()) {
      expect(view.deleting).toBe(false);
      const held = view.replicas.filter((replica) => replica.claim.state === 'held');
      expect(view.replicas, 'nothing is left half-way').toEqual(held);
      expect(held.length + view.pendingCount).toBe(view.spec.replicas);
      expect(held.map((replica) => replica.status?.phase)).toEqual(held.map(() => 'ready'));
      expect(servingOf(this.fleet, view.spec.name)).toBe(held.length);
      const old = held.filter((replica) => replica.retiring);
      expect(old, 'no update or drain is left half-way').toEqual([]);
    }
    const claims = this.fleet.core.nodes().flatMap((node) => node.claims);
    const slices = claims.flatMap((claim) => claim.slices.map((slice) => slice.id)).sort();
    const real = this.fleet.agents.flatMap((each) => each.slices.map((slice) => slice.id)).sort();
    expect(real, 'the cards hold what is claimed and nothing else').toEqual(slices);
    await this.fleet.kill();
  }

  #ask(name: string, wanted: number): void {
    this.#least.set(name, Math.min(this.#least.get(name) ?? wanted, wanted));
  }

  #link(at: number, up: boolean): void {
    const each = this.fleet.agents[at];
    if (each === undefined) return;
    if (up) this.#down.delete(at);
    else this.#down.add(at);
    if (up && !each.connected) each.connect();
    if (!up && each.connected) each.disconnect();
  }

  #countInPlace(core: SimFleet['core']): void {
    const events = core.events({ limit: 10_000, subject: null });
    for (const event of events.slice(this.#eventsSeen)) {
      if (event.kind !== 'update-in-place') continue;
      const name = event.subject.replace('models/', '');
      this.#inPlace.set(name, (this.#inPlace.get(name) ?? 0) + 1);
    }
    this.#eventsSeen = events.length;
  }
}

function never(): never {
  throw new Error('an agent of the schedule exists');
}

test('whatever happens, no slice is held twice, nothing is ended without a successor, and wishes come true', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(action, { minLength: 5, maxLength: 30, size: 'max' }),
      async (seed, steps) => {
        const schedule = new Schedule(seed);
        await schedule.begin();
        for (const step of steps) await schedule.act(step);
        await schedule.heal();
      },
    ),
    { numRuns: 15, interruptAfterTimeLimit: 60_000 },
  );
}, 180_000);
