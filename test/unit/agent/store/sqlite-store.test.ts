import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReplicaRecord, SliceBinding } from '../../../../agent/store/records.ts';
import { eventsMax } from '../../../../agent/store/event-part.ts';
import { openAgentStore } from '../../../../agent/store/sqlite-store.ts';
import { parseBootId } from '../../../../shared/domain/ids.ts';
import { isAppError } from '../../../../shared/platform/errors.ts';
import { openSqlite } from '../../../../shared/platform/sqlite.ts';
import { cluster, gpuA, must } from '../../../fakes/agent/fake-core.ts';
import {
  replica,
  replicaGone,
  shapes,
  slice,
  sliceGone,
  target,
} from '../../../fakes/agent/targets.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-store-'));
  path = join(folder, 'agent.db');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const bootId = must(parseBootId('boot-1'));
const a = slice('a.0', gpuA, shapes.half(0));
const wanted = target(1, {
  slices: [a],
  replicas: [replica('vad', [a])],
  tombstones: [
    replicaGone('old'),
    sliceGone(slice('old.0', gpuA, shapes.mps(1))),
    {
      kind: 'instance',
      gpu: gpuA,
      giProfileId: 9,
      start: 4,
      gpuInstanceId: 2,
      layoutRevision: 3,
    },
  ],
});
const record: ReplicaRecord = {
  replica: replica('vad', [a]).replica,
  target: replica('vad', [a]),
  specHash: 'abc',
  runtime: 'process',
  slices: [a],
  restarts: 1,
  failures: 2,
  startedAtMs: 12,
  startedInBoot: bootId,
  notBeforeMs: 34,
  readyRuntimeId: null,
  readyAtMs: null,
  endedRuntimeId: 'run-1',
  lastReason: 'it exited with code 1',
  needsSomebody: false,
};
const binding: SliceBinding = {
  slice: a,
  bootId,
  gpuInstanceId: 3,
  deviceUuid: 'MIG-1',
  adopted: true,
};

test('everything is there again after the agent has been away', () => {
  const first = openAgentStore(path);
  const accepted = { target: wanted, gpusInForce: wanted.gpus, refusals: [] };
  first.saveAccepted(accepted);
  first.saveReplica(record);
  first.saveBinding(binding);
  const layout = {
    gpu: gpuA,
    revision: 4,
    driftRevision: 2,
    fingerprint: 'f',
    shapeExpected: 's',
    bootId,
  };
  first.saveLayout(layout);
  first.addMpsCard(gpuA);
  const told = { gpu: gpuA, incarnation: 'd1', smPercent: 25, memoryMib: 1_044 };
  first.saveMpsDefaults({ ...told, memoryMib: 512 });
  first.saveMpsDefaults(told);
  first.addTombstoneDone(replicaGone('old'));
  const intent = { bootId, atMs: 5, kind: 'createMigInstance', gpu: gpuA, slice: a, step: '{}' };
  const id = first.beginIntent(intent);
  first.appendEvent({ atMs: 6, kind: 'replica-ready', subject: 'replicas/vad', message: 'm' });
  first.close();
  const second = openAgentStore(path);
  expect(second.accepted()).toEqual(accepted);
  expect(second.clusterId()).toBe(cluster);
  expect(second.replicas()).toEqual([record]);
  expect(second.bindings()).toEqual([binding]);
  expect(second.layouts()).toEqual([layout]);
  expect(second.mpsCards()).toEqual([gpuA]);
  expect(second.mpsDefaults()).toEqual([told]);
  expect(second.tombstonesDone()).toEqual([replicaGone('old')]);
  expect(second.openIntents()).toEqual([{ id, ...intent }]);
  expect(second.events({ limit: 10, subject: null })).toEqual([
    { id: 1, atMs: 6, kind: 'replica-ready', subject: 'replicas/vad', message: 'm' },
  ]);
  second.endIntent(id);
  expect(second.openIntents()).toEqual([]);
  second.removeMpsCard(gpuA);
  expect([second.mpsCards(), second.mpsDefaults()]).toEqual([[], []]);
  second.close();
});

test('a done tombstone is remembered for as long as the target names it', () => {
  const store = openAgentStore(path);
  for (const each of wanted.tombstones) store.addTombstoneDone(each);
  store.saveAccepted({ target: wanted, gpusInForce: [], refusals: [] });
  expect(store.tombstonesDone()).toHaveLength(3);
  expect(store.tombstonesDone()).toEqual(expect.arrayContaining([...wanted.tombstones]));
  const next = { ...wanted, generation: 2, tombstones: wanted.tombstones.slice(0, 1) };
  store.saveAccepted({ target: next, gpusInForce: [], refusals: [] });
  expect(store.tombstonesDone()).toEqual([replicaGone('old')]);
  store.close();
});

/** The tables of the first schema; what else there is came later. */
const firstTables = [
  'accepted',
  'replicas',
  'bindings',
  'layouts',
  'mps_cards',
  'tombstones_done',
  'journal',
  'events',
];
/** As many as there are, so that the file is taken as it is. */
const noMigrations = ['', '', ''];

test('a store from before limits were written down is taken over', () => {
  const first = openAgentStore(path);
  first.saveReplica(record);
  first.close();
  const db = openSqlite(path, { exclusive: true, migrations: noMigrations });
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all()
    .map(String);
  for (const table of tables.filter((name) => !firstTables.includes(name))) {
    db.exec(`DROP TABLE ${table}`);
  }
  db.exec('ALTER TABLE layouts DROP COLUMN boot_id');
  db.pragma('user_version = 1');
  db.close();
  const second = openAgentStore(path);
  expect([second.replicas(), second.mpsDefaults()]).toEqual([[record], []]);
  second.close();
});

test('what somebody at the node said of a card is kept until it is taken back', () => {
  const store = openAgentStore(path);
  store.saveAuthority(gpuA, 'cut');
  store.close();
  const again = openAgentStore(path);
  expect(again.authorities()).toEqual({ [gpuA]: 'cut' });
  again.saveAuthority(gpuA, null);
  expect(again.authorities()).toEqual({});
  again.close();
});

test('events are a ring, read by subject, oldest first', () => {
  const store = openAgentStore(':memory:');
  for (let at = 0; at < eventsMax + 5; at += 1) {
    store.appendEvent({ atMs: at, kind: 'k', subject: at % 2 === 0 ? 'even' : 'odd', message: '' });
  }
  expect(store.events({ limit: 3, subject: 'even' }).map((each) => each.atMs)).toEqual([
    eventsMax,
    eventsMax + 2,
    eventsMax + 4,
  ]);
  const all = store.events({ limit: 1_000_000, subject: null });
  expect(all.length).toBeLessThanOrEqual(1_000);
  store.close();
});

test.for([
  {
    name: 'rubbish',
    write: () => writeFileSync(path, 'this is no database, and long enough to look at'),
  },
  {
    name: 'a value that was tampered with',
    write: () => {
      openAgentStore(path).close();
      const db = openSqlite(path, { exclusive: true, migrations: noMigrations });
      db.exec(`INSERT INTO replicas VALUES ('x', '{"replica":1}')`);
      db.close();
    },
  },
])('$name in the file is told as an unreadable store', ({ write }) => {
  write();
  let caught: unknown;
  try {
    const store = openAgentStore(path);
    try {
      store.replicas();
    } finally {
      store.close();
    }
  } catch (error) {
    caught = error;
  }
  expect(isAppError(caught, 'STORE_UNREADABLE')).toBe(true);
});
