import { expect } from 'vitest';
import { MemoryStore } from '../../../coordinator/store/memory-store.ts';
import type { ChangeView, PlanBudget } from '../../../coordinator/fleet/core.ts';
import type { Plan } from '../../../shared/domain/change.ts';
import type { Disruption, ModelSpec } from '../../../shared/domain/model.ts';
import { migNeed, modelSpec, nameOf, SimFleet } from './sim-fleet.ts';

export const free: PlanBudget = { interruptionMs: 0, allowPreemption: false, recutIdle: false };
export const apply = { validateOnly: false, etag: null } as const;

/** A whole A100-40GB, cut as one instance: it fits only on a card that nobody else is on. */
export const large = { ...migNeed, memoryMib: 30_000 };

export function small(
  name: string,
  disruption: Disruption,
  change: Partial<ModelSpec> = {},
): ModelSpec {
  return modelSpec(name, { gpu: { ...migNeed, memoryMib: 9_000 }, disruption, ...change });
}

/** A simulated fleet for plans that move what runs. */
export class RelayoutSite {
  readonly store = new MemoryStore();
  readonly fleet: SimFleet;
  readonly #down = new Set<string>();

  constructor(seed = 1) {
    this.fleet = new SimFleet({ seed });
  }

  async begin(cards: Readonly<Record<string, string>>): Promise<void> {
    await this.fleet.start(this.store);
    for (const [name, text] of Object.entries(cards)) {
      const agent = this.fleet.join(name, text);
      agent.idleSeconds = 600;
      agent.bindsLate = true;
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

  nodeOf(name: string) {
    const agent = this.fleet.agents.find((each) => each.node === name);
    if (agent === undefined) throw new Error(`no agent ${name}`);
    return agent.node;
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

/** Two cards with a small model on each: 30 GiB fit on neither until one of them moves. */
export async function twoHalfFull(disruption: Disruption, seed = 1): Promise<RelayoutSite> {
  const site = new RelayoutSite(seed);
  await site.begin({ 'node-a': 'A100-40GB', 'node-b': 'A100-40GB' });
  await site.declare(small('ocr', disruption));
  const [first] = site.fleet.agents.filter((agent) => agent.running.length > 0);
  if (first === undefined) throw new Error('ocr runs nowhere');
  await site.fleet.core.setAvailability(first.node, 'cordoned');
  await site.declare(small('vad', disruption));
  await site.fleet.core.setAvailability(first.node, 'ready');
  await site.fleet.run(1_000);
  expect(new Set([...site.placesOf('ocr'), ...site.placesOf('vad')]).size).toBe(2);
  return site;
}

/** Nothing is half-way: what is held serves, what is on the cards is claimed, and no change runs. */
export function expectSettled({ fleet }: RelayoutSite): void {
  const claims = fleet.core.nodes().flatMap((node) => node.claims);
  expect(claims.filter((claim) => claim.state !== 'held')).toEqual([]);
  const wanted = claims.flatMap((claim) => claim.slices.map((slice) => slice.id)).sort();
  const up = fleet.agents.filter((agent) => agent.connected);
  expect(up.flatMap((agent) => agent.slices.map((slice) => slice.id)).sort()).toEqual(wanted);
  expect(fleet.core.changes().filter(({ change }) => change.state === 'running')).toEqual([]);
  for (const name of ['ocr', 'vad']) expect(fleet.ready(name), name).toBe(1);
}
