import { beforeEach, expect, test } from 'vitest';
import { imagesNowAndThen } from '../../../../agent/observe/images-now-and-then.ts';
import type { Part, RunningReplica } from '../../../../agent/observe/world.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const never = new AbortController().signal;

function running(runtimeId: string): RunningReplica {
  return {
    replica: 'vad-1' as RunningReplica['replica'],
    model: 'vad' as RunningReplica['model'],
    modelVersion: 1,
    specHash: 'h',
    runtimeId,
    state: 'running',
    exitCode: null,
    pids: [],
    address: null,
    deviceUuids: [],
    startedAtMs: 0,
    lastOutput: '',
  };
}

let clock: ManualClock;
let reads: number;
let answer: Part<readonly string[]>;
let read: ReturnType<typeof imagesNowAndThen>;
beforeEach(() => {
  clock = new ManualClock();
  reads = 0;
  answer = { kind: 'seen', value: ['vad:1'] };
  read = imagesNowAndThen(() => {
    reads += 1;
    return Promise.resolve(answer);
  }, clock);
});

const seen = (...ids: readonly string[]) =>
  [['docker', { kind: 'seen', value: ids.map(running) }]] as const;

test('images are asked for every 5 minutes, and when other containers run than before', async () => {
  for (const afterMs of [0, 10_000, 289_999]) {
    await clock.advance(afterMs);
    expect(await read(seen('c1'), never)).toEqual(['vad:1']);
  }
  expect(reads).toBe(1);
  await clock.advance(1);
  await read(seen('c1'), never);
  expect(reads).toBe(2);
  answer = { kind: 'seen', value: ['ocr:2', 'vad:1'] };
  expect(await read(seen('c1', 'c2'), never)).toEqual(['ocr:2', 'vad:1']);
  expect(reads).toBe(3);
});

test('while Docker does not answer, what it told last stands', async () => {
  await read(seen('c1'), never);
  expect(await read([['docker', { kind: 'blind', reason: 'away' }]], never)).toEqual(['vad:1']);
  expect(reads).toBe(1);
  answer = { kind: 'blind', reason: 'images did not answer in 5 s' };
  expect(await read(seen('c2'), never)).toEqual(['vad:1']);
  // It is not asked again at once.
  expect(await read(seen('c2'), never)).toEqual(['vad:1']);
  expect(reads).toBe(2);
});

test('a slow engine holds no round up: a later one tells what it said', async () => {
  let answered = (_part: Part<readonly string[]>): void => undefined;
  const slow = imagesNowAndThen(
    () =>
      new Promise((resolve) => {
        answered = resolve;
      }),
    clock,
  );
  const first = slow(seen('c1'), never);
  await clock.advance(250);
  expect(await first).toEqual([]);
  answered({ kind: 'seen', value: ['vad:1'] });
  await clock.advance(0);
  expect(await slow(seen('c1'), never)).toEqual(['vad:1']);
});

test('a node without Docker holds none and is never asked', async () => {
  const plain = imagesNowAndThen(null, clock);
  expect(await plain([['process', { kind: 'seen', value: [] }]], never)).toEqual([]);
  expect(await read([['process', { kind: 'seen', value: [] }]], never)).toEqual([]);
  expect(reads).toBe(0);
});
