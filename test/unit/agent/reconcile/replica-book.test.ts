import { expect, test } from 'vitest';
import type { ReplicaRecord } from '../../../../agent/observe/world.ts';
import {
  backoffLeftMs,
  failedRecord,
  restartBackoff,
  updateRecords,
} from '../../../../agent/reconcile/replica-book.ts';
import { inputOf, recordOf, running } from '../../../fakes/agent/plan-world.ts';
import { replica } from '../../../fakes/agent/targets.ts';

const wanted = replica('vad', []);
const fresh: ReplicaRecord = {
  replica: wanted.replica,
  target: wanted,
  specHash: 'h',
  runtime: 'process',
  slices: [],
  restarts: 0,
  failures: 0,
  startedAtMs: null,
  startedInBoot: null,
  notBeforeMs: 0,
  readyRuntimeId: null,
  readyAtMs: null,
  endedRuntimeId: null,
  lastReason: '',
  needsSomebody: false,
};

test('waits double from 1 s to 60 s', () => {
  const waits: number[] = [];
  let record = fresh;
  for (let failure = 0; failure < 8; failure += 1) {
    record = failedRecord(record, { reason: 'r', needsSomebody: false, wallMs: 1_000 });
    waits.push(backoffLeftMs(record, 1_000));
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(record).toMatchObject({ failures: 8, lastReason: 'r' });
});

test('a wall clock that jumps back prolongs no wait', () => {
  const record = failedRecord(fresh, { reason: 'r', needsSomebody: false, wallMs: 10_000_000 });
  expect(backoffLeftMs(record, 5_000)).toBe(0);
  expect(backoffLeftMs(record, record.notBeforeMs - restartBackoff.maxMs)).toBe(60_000);
});

const started = { startedAtMs: 400_000, runtimeId: 'run-1' };

/** What is written down of `vad` when a round at 1,000 s finds it healthy. */
function foundHealthy(watchingSinceMs: number, record = recordOf('vad', [], started)) {
  const { world } = inputOf({ running: [running('vad', started)] });
  return updateRecords({
    world,
    wanted: [],
    records: [record],
    busy: new Set(),
    healthyRuns: new Set(['run-1']),
    watchingSinceMs,
  });
}

test('the first healthy answer of a run is written down with its time', () => {
  expect(foundHealthy(0)).toMatchObject([{ readyRuntimeId: 'run-1', readyAtMs: 1_000_000 }]);
});

test('when a run became ready is not known where nobody watched it begin', () => {
  const late = foundHealthy(400_001);
  expect(late).toMatchObject([{ readyRuntimeId: 'run-1', readyAtMs: null }]);
});

test('a later look does not move that time', () => {
  const ready = { ...started, readyRuntimeId: 'run-1', readyAtMs: 500_000 };
  expect(foundHealthy(0, recordOf('vad', [], ready))).toEqual([]);
});
