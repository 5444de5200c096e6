import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStore, type StoreFault } from '../../coordinator/store/memory-store.ts';
import type { PlanId } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import { migNeed, modelSpec, nameOf, SimFleet } from '../fakes/coordinator/sim-fleet.ts';

/** What may happen while models are moved about. Nothing in here asks for fewer replicas or another version. */
type Action =
  | {
      readonly kind: 'plan';
      readonly model: number;
      readonly seconds: number;
      readonly preempt: boolean;
    }
  | { readonly kind: 'defrag'; readonly seconds: number }
  | { readonly kind: 'apply-plan'; readonly pick: number }
  | { readonly kind: 'abort'; readonly pick: number }
  | { readonly kind: 'declare'; readonly model: number }
  | { readonly kind: 'busy'; readonly agent: number; readonly busy: boolean }
  | { readonly kind: 'cordon'; readonly agent: number; readonly cordoned: boolean }
  | { readonly kind: 'blink'; readonly agent: number }
  | { readonly kind: 'coordinator' }
  | { readonly kind: 'store'; readonly fault: StoreFault }
  | { readonly kind: 'run'; readonly seconds: number };

const mig = (memoryMib: number) => ({ ...migNeed, memoryMib });

/** Spread out, so that no card is left free for a large one. */
const spread = { placement: { ...modelSpec('x').placement, spread: 'node' as const } };

const models: readonly ModelSpec[] = [
  modelSpec('still', { gpu: mig(4_000) }),
  modelSpec('idle', {
    gpu: mig(4_000),
    replicas: 2,
    disruption: { kind: 'idle' },
    priority: 50,
    ...spread,
  }),
  modelSpec('budget', {
    gpu: mig(9_000),
    replicas: 3,
    disruption: { kind: 'budget', seconds: 90 },
    priority: 10,
    ...spread,
  }),
  modelSpec('middle', { gpu: mig(18_000), priority: 100, disruption: { kind: 'idle' } }),
  modelSpec('large', { gpu: mig(30_000), priority: 200, disruption: { kind: 'idle' } }),
];

const of = <T>(kind: T) => fc.constant(kind);
const agent = fc.nat({ max: 2 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: of('plan' as const),
      model: fc.nat({ max: models.length - 1 }),
      seconds: fc.constantFrom(0, 60, 600),
      preempt: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: of('defrag' as const), seconds: fc.constantFrom(0, 600) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: of('apply-plan' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: of('abort' as const), pick: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: of('declare' as const),
      model: fc.nat({ max: models.length - 1 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: of('busy' as const), agent, busy: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: of('cordon' as const), agent, cordoned: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: of('blink' as const), agent }) },
  { weight: 2, arbitrary: fc.record({ kind: of('coordinator' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: of('store' as const),
      fault: fc.constantFrom('lost-before' as const, 'lost-after' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: of('run' as const), seconds: fc.constantFrom(1, 2, 5, 20) }),
  },
);

/** What a door answers with; everything else is a bug. */
const answers = [
  'PLAN_STALE',
  'PLAN_UNKNOWN',
  'CHANGE_UNKNOWN',
  'REQUEST_INVALID',
  'STORE_OUTCOME_UNKNOWN',
];

class Schedule {
  readonly fleet: SimFleet;
  readonly #faults: StoreFault[] = [];
  readonly #store = new MemoryStore(() => this.#faults.shift() ?? 'none');
  readonly #plans: PlanId[] = [];
  applied = 0;

  constructor(seed: number) {
    this.fleet = new SimFleet({ seed });
  }

  async begin(): Promise<void> {
    await this.fleet.start(this.#store);
    for (const [at, cards] of ['A100-40GB', 'A100-40GB', 'A100-40GB'].entries()) {
      this.fleet.join(`node-${at}`, cards).idleSeconds = 120;
    }
    await this.run(2);
    for (const spec of models.slice(0, 3)) await this.#declare(spec);
    await this.run(10);
  }

  async act(step: Action): Promise<void> {
    try {
      await this.#act(step);
    } catch (error) {
      if (!isAppError(error)) throw error;
      expect(answers, error.message).toContain(error.code);
    }
  }

  async #act(step: Action): Promise<void> {
    const { core } = this.fleet;
    switch (step.kind) {
      case 'plan': {
        const spec = models[step.model];
        if (spec === undefined) return;
        const budget = {
          interruptionMs: step.seconds * 1_000,
          allowPreemption: step.preempt,
          recutIdle: false,
        };
        const options = { validateOnly: true, etag: null, keepPlan: true, budget };
        this.#plans.push((await core.applyModel(spec, options)).plan.id);
        return;
      }
      case 'defrag': {
        const budget = {
          interruptionMs: step.seconds * 1_000,
          allowPreemption: false,
          recutIdle: false,
        };
        this.#plans.push((await core.planDefrag(budget)).plan.id);
        return;
      }
      case 'apply-plan': {
        const id = this.#plans[this.#plans.length - 1 - (step.pick % 2)];
        if (id === undefined) return;
        await core.applyPlan(id);
        this.applied += 1;
        return;
      }
      case 'abort': {
        const all = core.changes();
        const picked = all[step.pick % Math.max(1, all.length)];
        if (picked !== undefined) await core.abortChange(picked.change.id);
        return;
      }
      case 'declare': {
        const spec = models[step.model];
        if (spec !== undefined) await this.#declare(spec);
        return;
      }
      case 'busy': {
        const found = this.fleet.agents[step.agent];
        if (found !== undefined) found.idleSeconds = step.busy ? 0 : 120;
        return;
      }
      case 'cordon': {
        const found = this.fleet.agents[step.agent];
        if (found === undefined) return;
        await core.setAvailability(found.node, step.cordoned ? 'cordoned' : 'ready');
        return;
      }
      case 'blink': {
        // Silent for less than it takes to be lost: whoever is replaced then is replaced for a fault.
        this.fleet.agents[step.agent]?.disconnect();
        await this.run(3);
        this.fleet.agents[step.agent]?.connect();
        return;
      }
      case 'coordinator':
        await this.fleet.kill();
        await this.fleet.start(this.#store);
        for (const each of this.fleet.agents) each.connect();
        return;
      case 'store':
        this.#faults.push(step.fault);
        return;
      case 'run':
        await this.run(step.seconds);
    }
  }

  async #declare(spec: ModelSpec): Promise<void> {
    await this.fleet.core.applyModel(spec, { validateOnly: false, etag: null });
  }

  async run(seconds: number): Promise<void> {
    for (let at = 0; at < seconds * 2; at += 1) {
      await this.fleet.run(500);
      expect(this.fleet.violations()).toEqual([]);
      const ended = this.fleet.agents.flatMap((each) => each.ended);
      expect(
        ended.filter((replica) => replica.startsWith('still')),
        'never means never',
      ).toEqual([]);
    }
  }

  /** Everybody is idle and reachable; every change must come to its end, and nothing may be left half-way. */
  async heal(): Promise<void> {
    this.#faults.length = 0;
    for (const each of this.fleet.agents) {
      each.idleSeconds = 120;
      if (!each.connected) each.connect();
      await this.act({ kind: 'cordon', agent: this.fleet.agents.indexOf(each), cordoned: false });
    }
    await this.run(120);
    const { core } = this.fleet;
    expect(
      core.changes().filter(({ change }) => change.exact && change.state === 'running'),
    ).toEqual([]);
    for (const view of core.models()) {
      const held = view.replicas.filter((replica) => replica.claim.state === 'held');
      expect(view.replicas, 'nothing is left half-way').toEqual(held);
      expect(held.length + view.pendingCount).toBe(view.spec.replicas);
      expect(held.map((replica) => replica.status?.phase)).toEqual(held.map(() => 'ready'));
    }
    expect(core.model(nameOf('still'))?.pendingCount).toBe(0);
    const claims = core.nodes().flatMap((node) => node.claims);
    const slices = claims.flatMap((claim) => claim.slices.map((slice) => slice.id)).sort();
    const real = this.fleet.agents.flatMap((each) => each.slices.map((slice) => slice.id)).sort();
    expect(real, 'the cards hold what is claimed and nothing else').toEqual(slices);
    await this.fleet.kill();
  }
}

test('whatever is planned, applied, aborted and killed: never is never, and every change ends in a whole world', async () => {
  let applied = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(action, { minLength: 10, maxLength: 40, size: 'max' }),
      async (seed, steps) => {
        const schedule = new Schedule(seed);
        await schedule.begin();
        for (const step of steps) await schedule.act(step);
        await schedule.heal();
        applied += schedule.applied;
      },
    ),
    { numRuns: 20, interruptAfterTimeLimit: 60_000 },
  );
  expect(applied, 'plans were carried out at all').toBeGreaterThan(0);
}, 180_000);
