import { afterEach, expect, test } from 'vitest';
import { MemoryStore } from '../../coordinator/store/memory-store.ts';
import type { ChangeView, PlanBudget } from '../../coordinator/fleet/core.ts';
import type { Plan } from '../../shared/domain/change.ts';
import type { Disruption, ModelSpec } from '../../shared/domain/model.ts';
import { migNeed, modelSpec, nameOf, SimFleet } from '../fakes/coordinator/sim-fleet.ts';

const free: PlanBudget = { interruptionMs: 0, allowPreemption: false };
const apply = { validateOnly: false, etag: null } as const;

/** A whole A100-40GB, cut as one instance: it fits only on a card that nobody else is on. */
const large = { ...migNeed, memoryMib: 30_000 };

function small(name: string, disruption: Disruption, change: Partial<ModelSpec> = {}): ModelSpec {
  return modelSpec(name, { gpu: { ...migNeed, memoryMib: 9_000 }, disruption, ...change });
}

class Site {
  readonly store = new MemoryStore();
  readonly fleet: SimFleet;
  readonly #down = new Set<string>();

  constructor(seed = 1) {
    this.fleet = new SimFleet({ seed });
  }

  async begin(cards: Readonly<Record<string, string>>): Promise<void> {
    await this.fleet.start(this.store);
    for (const [name, text] of Object.entries(cards)) {
      this.fleet.join(name, text).idleSeconds = 600;
    }
    await this.fleet.run(1_000);
  }

  /** One model after the other, each ready before the next: so each card gets what the test says. */
  async declare(...specs: readonly ModelSpec[]): Promise<void> {
    for (const spec of specs) {
      await this.fleet.core.applyModel(spec, apply);
      await this.fleet.run(4_000);
    }
  }

  async plan(spec: ModelSpec, budget: PlanBudget = free) {
    const options = { validateOnly: true, etag: null, keepPlan: true, budget };
    const { plan, notes } = await this.fleet.core.applyModel(spec, options);
    return { plan, notes };
  }

  /** SIGKILL of the coordinator; its agents dial the next one. */
  async restart(): Promise<void> {
    await this.fleet.kill();
    await this.fleet.start(this.store);
    for (const agent of this.fleet.agents) if (!this.#down.has(agent.node)) agent.connect();
  }

  lose(name: string): void {
    this.#down.add(name);
    this.fleet.agents.find((agent) => agent.node === name)?.disconnect();
  }

  changeOf(plan: Plan): ChangeView {
    const found = this.fleet.core.changes().find(({ change }) => change.plan.id === plan.id);
    if (found === undefined) throw new Error(`no change for ${plan.id}`);
    return found;
  }

  ended(): readonly string[] {
    return this.fleet.agents.flatMap((agent) => agent.ended);
  }

  placesOf(model: string): readonly string[] {
    return (this.fleet.core.model(nameOf(model))?.replicas ?? [])
      .filter(({ claim }) => claim.state === 'held')
      .map(({ claim }) => claim.node);
  }
}

let site = new Site();
afterEach(async () => {
  expect(site.fleet.violations()).toEqual([]);
  await site.fleet.kill();
});

/** Two cards with a small model on each: 30 GiB fit on neither until one of them moves. */
async function twoHalfFull(disruption: Disruption, seed = 1): Promise<void> {
  site = new Site(seed);
  await site.begin({ 'node-a': 'A100-40GB', 'node-b': 'A100-40GB' });
  await site.declare(small('ocr', disruption));
  const [first] = site.fleet.agents.filter((agent) => agent.running.length > 0);
  if (first === undefined) throw new Error('ocr runs nowhere');
  await site.fleet.core.setAvailability(first.node, 'cordoned');
  await site.declare(small('vad', disruption));
  await site.fleet.core.setAvailability(first.node, 'ready');
  await site.fleet.run(1_000);
  expect(new Set([...site.placesOf('ocr'), ...site.placesOf('vad')]).size).toBe(2);
}

test('a plan makes room by a move that nobody notices, and is carried out exactly', async () => {
  await twoHalfFull({ kind: 'budget', seconds: 60 });
  const { plan, notes } = await site.plan(modelSpec('llm', { gpu: large }));
  expect(plan).toMatchObject({ kind: 'make-room', unplaced: '' });
  expect(plan.price).toMatchObject({ replicasInterrupted: 0, moves: 1, preemptions: 0 });
  expect(notes.cards).toHaveLength(2);
  expect(site.fleet.core.model(nameOf('llm'))).toBeUndefined();

  await site.fleet.core.applyPlan(plan.id);
  await site.fleet.run(20_000);
  expect(site.changeOf(plan)).toMatchObject({
    change: { state: 'done', reason: '' },
    waitsFor: '',
  });
  expect(site.fleet.ready('llm')).toBe(1);
  const planned = plan.begins.map((claim) => claim.id).sort();
  const claims = site.fleet.core.nodes().flatMap((node) => node.claims.map((claim) => claim.id));
  expect(claims.filter((claim) => planned.includes(claim)).sort()).toEqual(planned);
  expect(site.ended()).toHaveLength(1);
  expect(site.fleet.ready('ocr') + site.fleet.ready('vad')).toBe(2);
});
