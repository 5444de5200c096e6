import { expect, test } from 'vitest';
import { AnsweredBefore, type OnceCall } from '../../../../coordinator/fleet/answers.ts';
import type { ApplyResult } from '../../../../coordinator/fleet/core.ts';
import { MemoryStore, type StoreFault } from '../../../../coordinator/store/memory-store.ts';
import { modelSpec, nameOf, SimFleet } from '../../../fakes/coordinator/sim-fleet.ts';

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function call<T>(id: string, fingerprint = 'the same'): OnceCall<T> {
  return { id, fingerprint, encode };
}

const scale = (id: string, fingerprint?: string) => ({
  validateOnly: false,
  etag: null,
  once: call<ApplyResult>(id, fingerprint),
});

async function answerOf(again: Promise<unknown>): Promise<{ answer: unknown; revision: bigint }> {
  const thrown = await again.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AnsweredBefore)) throw new Error('it was not answered before');
  const answer: unknown = JSON.parse(Buffer.from(thrown.answer).toString());
  return { answer, revision: thrown.revision };
}

async function started(limits = {}, store = new MemoryStore()) {
  const fleet = new SimFleet({ limits });
  await fleet.start(store);
  return { fleet, store };
}

test('the same call again is answered as the first time and not done', async () => {
  const { fleet } = await started();
  const first = await fleet.core.applyModel(modelSpec('vad'), scale('a'));
  await fleet.core.scaleModel(nameOf('vad'), 5);
  const { answer, revision } = await answerOf(fleet.core.applyModel(modelSpec('vad'), scale('a')));
  expect(answer).toEqual({ ...first, model: { ...first.model, etag: '' } });
  expect(revision.toString()).toBe(first.model.etag);
  expect(fleet.core.model(nameOf('vad'))?.spec.replicas).toBe(5);
  await fleet.kill();
});

test('another call under the same id is refused, and names the id', async () => {
  const { fleet } = await started();
  await fleet.core.applyModel(modelSpec('vad'), scale('a'));
  const other = fleet.core.applyModel(modelSpec('other'), scale('a', 'another'));
  await expect(other).rejects.toMatchObject({
    code: 'REQUEST_ID_REUSED',
    message: expect.stringContaining('request id a'),
  });
  expect(fleet.core.model(nameOf('other'))).toBeUndefined();
  await fleet.kill();
});

test('a call that found nothing to do is not done later when it comes again', async () => {
  const { fleet } = await started();
  await fleet.core.applyModel(modelSpec('vad'), { validateOnly: false, etag: null });
  await fleet.core.scaleModel(nameOf('vad'), 1, scale('a'));
  await fleet.core.scaleModel(nameOf('vad'), 3);
  await answerOf(fleet.core.scaleModel(nameOf('vad'), 1, scale('a')));
  expect(fleet.core.model(nameOf('vad'))?.spec.replicas).toBe(3);
  await fleet.kill();
});

test('a call that failed may be sent again under its id', async () => {
  const { fleet } = await started();
  const wrong = { ...scale('a'), etag: 'old' };
  await expect(fleet.core.applyModel(modelSpec('vad'), wrong)).rejects.toMatchObject({
    code: 'MODEL_CONFLICT',
  });
  const done = await fleet.core.applyModel(modelSpec('vad'), scale('a'));
  expect(done.outcome).toBe('created');
  await fleet.kill();
});

test('asking only what a call would do keeps no answer', async () => {
  const { fleet } = await started();
  await fleet.core.applyModel(modelSpec('vad'), { ...scale('a', 'asked'), validateOnly: true });
  const done = await fleet.core.applyModel(modelSpec('vad'), scale('a', 'done'));
  expect(done.outcome).toBe('created');
  await fleet.kill();
});

test('the next leader answers what the last one did, whatever became of its answer', async () => {
  const faults: StoreFault[] = [];
  const store = new MemoryStore(() => faults.shift() ?? 'none');
  const { fleet } = await started({}, store);
  await fleet.run(1_000);
  faults.push('lost-after');
  await expect(fleet.core.applyModel(modelSpec('vad'), scale('a'))).rejects.toMatchObject({
    code: 'STORE_OUTCOME_UNKNOWN',
  });
  await fleet.kill();
  await fleet.start(store);
  const { answer } = await answerOf(fleet.core.applyModel(modelSpec('vad'), scale('a')));
  expect(answer).toMatchObject({ outcome: 'created', model: { version: 1 } });
  expect(fleet.core.changes()).toHaveLength(1);
  await fleet.kill();
});

test('two of the same call at once are one', async () => {
  const { fleet } = await started();
  const settled = await Promise.allSettled([
    fleet.core.applyModel(modelSpec('vad'), scale('a')),
    fleet.core.applyModel(modelSpec('vad'), scale('a')),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(fleet.core.changes()).toHaveLength(1);
  await fleet.kill();
});

test('answers are kept for as long as is promised, and not longer', async () => {
  const { fleet, store } = await started({ answerKeptMs: 20_000 });
  await fleet.core.applyModel(modelSpec('vad', { replicas: 0 }), scale('a'));
  await fleet.run(10_000);
  await answerOf(fleet.core.applyModel(modelSpec('vad', { replicas: 0 }), scale('a')));
  await fleet.run(12_000);
  expect((await store.list('answers/')).entries).toEqual([]);
  const again = await fleet.core.applyModel(modelSpec('vad', { replicas: 0 }), scale('a'));
  expect(again.outcome).toBe('unchanged');
  await fleet.kill();
});

test('answers are kept for as long as is promised, whatever the wall clock of the next leader says', async () => {
  const { fleet, store } = await started({ answerKeptMs: 20_000 });
  await fleet.core.applyModel(modelSpec('vad', { replicas: 0 }), scale('a'));
  await fleet.kill();
  fleet.clock.wallOffsetMs = 3_600_000;
  await fleet.start(store);
  await fleet.run(18_000);
  await answerOf(fleet.core.applyModel(modelSpec('vad', { replicas: 0 }), scale('a')));
  await fleet.run(4_000);
  expect((await store.list('answers/')).entries).toEqual([]);
  await fleet.kill();
});

test('the oldest answers go when there are too many, or too many bytes', async () => {
  for (const limits of [{ answersMax: 4 }, { answerBytesMax: 12_000 }]) {
    const { fleet, store } = await started(limits);
    await fleet.core.applyModel(modelSpec('vad', { replicas: 0 }), scale('first'));
    for (let at = 1; at <= 40; at += 1) {
      await fleet.core.applyModel(
        modelSpec('vad', { replicas: 0, priority: at }),
        scale(`id-${at}`),
      );
    }
    const kept = (await store.list('answers/')).entries;
    const bytes = kept.reduce((sum, { value }) => sum + value.byteLength, 0);
    expect(kept.length).toBeLessThanOrEqual(limits.answersMax ?? 40);
    if (limits.answerBytesMax !== undefined) expect(bytes).toBeLessThan(13_000);
    expect(kept.map(({ key }) => key)).toContain('answers/id-40');
    expect(kept.map(({ key }) => key)).not.toContain('answers/first');
    await fleet.kill();
  }
});
