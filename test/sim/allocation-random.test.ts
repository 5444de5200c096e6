import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStore } from '../../coordinator/store/memory-store.ts';
import type { Isolation } from '../../shared/domain/gpu.ts';
import { parseAllocationName, type AllocationName } from '../../shared/domain/ids.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import { valueOf, type FakeAgent } from '../fakes/coordinator/fake-agent.ts';
import { migNeed, modelSpec, nameOf, SimFleet } from '../fakes/coordinator/sim-fleet.ts';

type Act =
  | {
      readonly kind: 'allocate';
      readonly at: number;
      readonly isolation: Isolation;
      readonly memoryMib: number;
      readonly waits: boolean;
    }
  | { readonly kind: 'release' | 'renew' | 'begin' | 'end'; readonly at: number }
  | { readonly kind: 'scale'; readonly replicas: number }
  | { readonly kind: 'away' | 'back' | 'drain' | 'undrain'; readonly at: number }
  | { readonly kind: 'defrag' | 'restart' }
  | { readonly kind: 'wait'; readonly seconds: number };

const at = fc.nat({ max: 4 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant('allocate' as const),
    at,
    isolation: fc.constantFrom('any' as const, 'mps' as const, 'mig' as const, 'whole' as const),
    memoryMib: fc.constantFrom(2_000, 9_000, 30_000),
    waits: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('release' as const, 'renew', 'begin', 'end'), at }),
  fc.record({ kind: fc.constant('scale' as const), replicas: fc.nat({ max: 4 }) }),
  fc.record({ kind: fc.constantFrom('away' as const, 'back', 'drain', 'undrain'), at }),
  fc.record({ kind: fc.constantFrom('defrag' as const, 'restart') }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 30 }) }),
);

const nameAt = (index: number): AllocationName => valueOf(parseAllocationName(`a-${index}`));
const quietly = ['ALLOCATION_UNKNOWN', 'ALLOCATION_OVER', 'ALLOCATION_TAKEN', 'ALLOCATION_NO_ROOM'];

/** The fleet, and where each client that is alive has begun to work. */
class Story {
  readonly fleet = new SimFleet();
  readonly store = new MemoryStore();
  readonly agents: FakeAgent[] = [];
  readonly moved: string[] = [];
  readonly #places = new Map<string, string>();

  async begin(): Promise<void> {
    await this.fleet.start(this.store);
    this.agents.push(this.fleet.join('node-a', 'A100-40GB,L40S'));
    this.agents.push(this.fleet.join('node-b', 'A100-40GB'));
    await this.fleet.run(1_000);
  }

  async do(step: Act): Promise<void> {
    try {
      await this.#try(step);
    } catch (error) {
      if (!isAppError(error) || !quietly.includes(error.code)) throw error;
    }
    await this.run(1_000);
  }

  async run(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) {
      await this.fleet.run(1_000);
      this.#watchPlaces();
    }
  }

  async #try(step: Act): Promise<void> {
    const { allocations } = this.fleet.core;
    const name = nameAt('at' in step ? step.at : 0);
    const agent = this.agents['at' in step ? step.at % 2 : 0];
    switch (step.kind) {
      case 'allocate': {
        const { isolation, memoryMib } = step;
        const gpu = { ...migNeed, isolation, memoryMib };
        const needs = { labels: {}, cpuMillis: 0, memoryMib: 0, constraints: {}, priority: 100 };
        const options = { waitMs: step.waits ? 60_000 : 0, validateOnly: false };
        await allocations.allocate({ name, gpu, ttlMs: 20_000, ...needs }, options);
        break;
      }
      case 'release':
        await allocations.release(name, {});
        break;
      case 'renew':
        await allocations.renew(name, { ttlMs: null });
        break;
      case 'begin':
        this.#startClient(name);
        break;
      case 'end':
        for (const each of this.agents) each.clients.delete(name);
        break;
      case 'scale':
        await this.fleet.core.applyModel(modelSpec('ocr', { replicas: step.replicas }), {
          validateOnly: false,
          etag: null,
        });
        break;
      case 'away':
        agent?.disconnect();
        break;
      case 'back':
        if (agent?.connected === false) agent.connect();
        break;
      case 'drain':
      case 'undrain':
        if (agent !== undefined) {
          const wanted = step.kind === 'drain' ? 'draining' : 'ready';
          await this.fleet.core.setAvailability(agent.node, wanted, { etag: null });
        }
        break;
      case 'defrag': {
        const budget = { interruptionMs: 0, allowPreemption: false, recutIdle: false };
        const { plan } = await this.fleet.core.planDefrag(budget);
        if (plan.stages.length > 0) await this.fleet.core.applyPlan(plan.id);
        break;
      }
      case 'restart':
        await this.fleet.kill();
        await this.fleet.start(this.store);
        for (const each of this.agents) each.connect();
        break;
      case 'wait':
        await this.run(step.seconds * 1_000);
        break;
    }
  }

  /** As a client does that was told that it may. */
  #startClient(name: AllocationName): void {
    const view = this.fleet.core.allocations.get(name);
    const agent = this.agents.find((each) => each.node === view?.claim?.node);
    if (view?.state === 'ready') agent?.clients.set(name, [41]);
  }

  /** Its place is its own for as long as it lives. */
  #watchPlaces(): void {
    for (const { spec, claim } of this.fleet.core.allocations.list()) {
      if (claim === null) continue;
      const place = JSON.stringify([claim.node, claim.slices]);
      const before = this.#places.get(claim.id);
      if (before !== undefined && before !== place) this.moved.push(spec.name);
      this.#places.set(claim.id, place);
    }
  }

  /** Everybody is there, and every client ends. */
  async settle(): Promise<void> {
    for (const agent of this.agents) {
      agent.clients.clear();
      if (!agent.connected) agent.connect();
    }
    await this.run(120_000);
  }
}

test('whatever happens, no slice is taken from a client, none is moved, and all are free in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
      const story = new Story();
      await story.begin();
      for (const step of acts) await story.do(step);
      await story.settle();
      expect(story.fleet.violations()).toEqual([]);
      expect(story.moved).toEqual([]);
      expect(story.fleet.core.allocations.list()).toEqual([]);
      const wanted = story.fleet.core.model(nameOf('ocr'))?.spec.replicas ?? 0;
      expect(story.fleet.ready('ocr')).toBeLessThanOrEqual(wanted);
      await story.fleet.kill();
    }),
    { numRuns: Number(process.env['TANGRAM_ALLOCATION_RUNS'] ?? 30) },
  );
}, 170_000);
