import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ModelEvent } from '../../../../coordinator/fleet/core.ts';
import { isAppError } from '../../../../shared/platform/errors.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { modelSpec, nameOf, SimFleet } from '../../../fakes/coordinator/sim-fleet.ts';

const apply = { validateOnly: false, etag: null } as const;
const idle = { replicas: 0 } as const;

/** A client: keeps what it is told of, and where it got to. */
class Reader {
  readonly models = new Map<string, number>();
  readonly kinds: string[] = [];
  revision = '';
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  failure: unknown = null;

  constructor(fleet: SimFleet, resume?: { readonly from: Reader; readonly revision?: string }) {
    this.revision = resume?.revision ?? resume?.from.revision ?? '';
    // Whoever begins anew keeps nothing: a first list that broke off is no place to go on from.
    if (this.revision !== '') {
      for (const [name, priority] of resume?.from.models ?? []) this.models.set(name, priority);
    }
    this.#done = this.#read(fleet);
  }

  async #read(fleet: SimFleet): Promise<void> {
    try {
      for await (const event of fleet.core.watchModels(this.#stop.signal, this.revision)) {
        this.#take(event);
      }
    } catch (error) {
      this.failure = error;
    }
  }

  #take(event: ModelEvent): void {
    this.kinds.push(event.kind);
    if (event.revision !== '') this.revision = event.revision;
    if (event.kind === 'model') this.models.set(event.model.spec.name, event.model.spec.priority);
    if (event.kind === 'deleted') this.models.delete(event.name);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

function truth(fleet: SimFleet): ReadonlyMap<string, number> {
  return new Map(fleet.core.models().map(({ spec }) => [spec.name, spec.priority]));
}

async function fleetWith(...names: readonly string[]) {
  const store = new MemoryStore();
  const fleet = new SimFleet();
  await fleet.start(store);
  for (const name of names) await fleet.core.applyModel(modelSpec(name, idle), apply);
  await fleet.run(1_000);
  return { fleet, store };
}

/** A model that is being deleted may be gone a moment later. */
function unlessUnknown(error: unknown): void {
  if (!isAppError(error, 'MODEL_UNKNOWN')) throw error;
}

async function gone(fleet: SimFleet, name: string): Promise<void> {
  await fleet.core.deleteModel(nameOf(name), { validateOnly: false });
  await fleet.run(2_000);
}

describe('a watch that goes on', () => {
  test('is told exactly what came after, and not everything again', async () => {
    const { fleet } = await fleetWith('a', 'b');
    const first = new Reader(fleet);
    await fleet.run(500);
    await first.stop();
    await fleet.core.applyModel(modelSpec('c', idle), apply);
    await gone(fleet, 'a');
    const second = new Reader(fleet, { from: first });
    await fleet.run(500);
    expect(second.kinds).toEqual(['model', 'deleted', 'bookmark']);
    expect(second.models).toEqual(truth(fleet));
    await second.stop();
    await fleet.kill();
  });

  test('misses nothing when another coordinator leads', async () => {
    const { fleet, store } = await fleetWith('a', 'b', 'c');
    const first = new Reader(fleet);
    await fleet.run(500);
    await first.stop();
    await gone(fleet, 'a');
    await fleet.kill();
    await fleet.start(store);
    await gone(fleet, 'b');
    const second = new Reader(fleet, { from: first });
    await fleet.run(500);
    expect(second.kinds.filter((kind) => kind === 'deleted')).toHaveLength(2);
    expect(second.models).toEqual(truth(fleet));
    await second.stop();
    await fleet.kill();
  });

  test('is told to begin anew when the store no longer knows how it was', async () => {
    const { fleet, store } = await fleetWith('a');
    const first = new Reader(fleet);
    await fleet.run(500);
    await first.stop();
    await gone(fleet, 'a');
    await fleet.kill();
    await fleet.start(store);
    await store.compact((await store.list('', { limit: 1 })).revision);
    const second = new Reader(fleet, { from: first });
    await fleet.run(500);
    expect(second.failure).toMatchObject({ code: 'WATCH_EXPIRED' });
    await fleet.kill();
  });

  test.for(['rubbish', '1-2', '-1-0-0', '1-2-3-4'])(
    '%s is no place to go on from',
    async (text) => {
      const { fleet } = await fleetWith();
      const events = fleet.core.watchModels(new AbortController().signal, text);
      await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        violations: [{ field: 'resume_revision', message: expect.any(String) }],
      });
      await fleet.kill();
    },
  );

  test('from any event it was given, it ends with what there is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            name: fc.constantFrom('a', 'b', 'c'),
            what: fc.constantFrom('put', 'put', 'delete', 'failover', 'rest'),
            breaks: fc.boolean(),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        async (steps) => {
          const { fleet, store } = await fleetWith('a', 'b');
          let reader = new Reader(fleet);
          let priority = 1;
          for (const { name, what, breaks } of steps) {
            priority += 1;
            const known = fleet.core.model(nameOf(name));
            if (what === 'put' && known?.deleting !== true) {
              await fleet.core.applyModel(modelSpec(name, { ...idle, priority }), apply);
            }
            if (what === 'delete' && known !== undefined) {
              const ended = fleet.core.deleteModel(nameOf(name), { validateOnly: false });
              await ended.catch(unlessUnknown);
            }
            if (what === 'rest') await fleet.run(500);
            if (what === 'failover') {
              await reader.stop();
              await fleet.kill();
              await fleet.start(store);
            }
            if (breaks || what === 'failover') {
              await reader.stop();
              reader = new Reader(fleet, { from: reader });
            }
          }
          await fleet.run(2_000);
          expect(reader.failure).toBeNull();
          expect(reader.models).toEqual(truth(fleet));
          await reader.stop();
          await fleet.kill();
        },
      ),
      { numRuns: 100 },
    );
  });
});

test('a watcher that hears nothing gets a bookmark now and then', async () => {
  const { fleet } = await fleetWith('a');
  const reader = new Reader(fleet);
  await fleet.run(25_500);
  expect(reader.kinds).toEqual(['model', 'synced', 'bookmark', 'bookmark']);
  await reader.stop();
  await fleet.kill();
});

test('changes are watched in the same way', async () => {
  const { fleet } = await fleetWith();
  fleet.join('node-a', 'A100-40GB');
  const stop = new AbortController();
  const states: string[] = [];
  const done = (async () => {
    for await (const event of fleet.core.watchChanges(stop.signal)) {
      states.push(event.kind === 'change' ? event.change.change.state : event.kind);
    }
  })();
  await fleet.run(500);
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(5_000);
  stop.abort();
  await done;
  expect(states[0]).toBe('synced');
  expect(states[1]).toBe('running');
  expect(states.at(-1)).toBe('done');
  await fleet.kill();
});
