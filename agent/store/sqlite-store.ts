import { z } from 'zod';
import { unreachable } from '../../shared/domain/assert.ts';
import type { Tombstone } from '../../shared/domain/node-target.ts';
import { openSqlite, type Sqlite } from '../../shared/platform/sqlite.ts';
import type { AgentStore } from './agent-store.ts';
import { authorityPart } from './authority-part.ts';
import {
  bootIdSchema,
  checked,
  clusterIdSchema,
  decodeAccepted,
  decodeReplicaRecord,
  decodeSlice,
  decodeTombstone,
  gpuUuidSchema,
} from './codec.ts';
import { DiskRoom } from './disk-room.ts';
import { eventPart } from './event-part.ts';
import { healthPart } from './health-part.ts';
import { keptReads } from './kept-reads.ts';
import { layoutPart } from './layout-part.ts';
import { mpsPart } from './mps-part.ts';
import type { Intent, LayoutRecord, SliceBinding } from './records.ts';

const migrations = [
  `CREATE TABLE accepted (one INTEGER PRIMARY KEY CHECK (one = 1), cluster_id TEXT NOT NULL, json TEXT NOT NULL);
   CREATE TABLE replicas (replica TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE bindings (slice TEXT PRIMARY KEY, slice_json TEXT NOT NULL, boot_id TEXT NOT NULL,
     gpu_instance_id INTEGER, device_uuid TEXT NOT NULL, adopted INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE layouts (gpu TEXT PRIMARY KEY, revision INTEGER NOT NULL, drift_revision INTEGER NOT NULL,
     fingerprint TEXT NOT NULL, shape_expected TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE mps_cards (gpu TEXT PRIMARY KEY) WITHOUT ROWID;
   CREATE TABLE tombstones_done (json TEXT PRIMARY KEY) WITHOUT ROWID;
   CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, boot_id TEXT NOT NULL, at_ms INTEGER NOT NULL,
     kind TEXT NOT NULL, gpu TEXT, slice_json TEXT, step TEXT NOT NULL);
   CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,
     subject TEXT NOT NULL, message TEXT NOT NULL);
   CREATE INDEX events_by_subject ON events (subject, id);`,
  `CREATE TABLE mps_defaults (gpu TEXT PRIMARY KEY, incarnation TEXT NOT NULL, sm_percent INTEGER NOT NULL,
     memory_mib INTEGER NOT NULL) WITHOUT ROWID;`,
  `CREATE TABLE layout_changes (id INTEGER PRIMARY KEY AUTOINCREMENT, gpu TEXT NOT NULL, open INTEGER NOT NULL, json TEXT NOT NULL);
   CREATE INDEX layout_changes_open ON layout_changes (open);
   ALTER TABLE layouts ADD COLUMN boot_id TEXT;
   CREATE TABLE layouts_recorded (gpu TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE compute_modes (gpu TEXT PRIMARY KEY, mode_before TEXT NOT NULL, boot_id TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE mps_recoveries (gpu TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE card_health (gpu TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE kernel_log (one INTEGER PRIMARY KEY CHECK (one = 1), log TEXT NOT NULL, boot_id TEXT NOT NULL, position INTEGER NOT NULL);
   CREATE TABLE authorities (gpu TEXT PRIMARY KEY, authority TEXT NOT NULL) WITHOUT ROWID;`,
];

const jsonRow = z.object({ json: z.string() });
const bindingRow = z.object({
  slice_json: z.string(),
  boot_id: bootIdSchema,
  gpu_instance_id: z.number().int().nullable(),
  device_uuid: z.string(),
  adopted: z.number(),
});
const layoutRow = z.object({
  gpu: gpuUuidSchema,
  revision: z.number().int(),
  drift_revision: z.number().int(),
  fingerprint: z.string(),
  shape_expected: z.string(),
  boot_id: bootIdSchema.nullable(),
});
const intentRow = z.object({
  id: z.number().int(),
  boot_id: bootIdSchema,
  at_ms: z.number(),
  kind: z.string(),
  gpu: gpuUuidSchema.nullable(),
  slice_json: z.string().nullable(),
  step: z.string(),
});
/** What takes nothing and changes nothing. */
const reads = [
  'accepted',
  'clusterId',
  'replicas',
  'bindings',
  'layouts',
  'authorities',
  'tombstonesDone',
  'openIntents',
  'cardHealth',
  'kernelLogPosition',
  'openLayoutChanges',
  'recordedLayouts',
  'mpsCards',
  'mpsDefaults',
  'computeModes',
  'mpsRecoveries',
] as const;

/** Opens the agent's store, or creates it. `:memory:` is for tests. Throws STORE_UNREADABLE, STORE_FULL. */
export function openAgentStore(path: string): AgentStore {
  const db = openSqlite(path, { exclusive: true, migrations });
  const room = new DiskRoom(path);
  const records = {
    ...targetPart(db),
    ...replicaPart(db),
    ...cardPart(db),
    ...mpsPart(db),
    ...healthPart(db),
    ...authorityPart(db),
    ...journalPart(db),
    ...layoutPart(db),
  };
  return {
    ...room.around(keptReads(records, reads)),
    ...eventPart(db, room),
    refusal: () => room.refusal(),
    close: () => {
      db.close();
    },
  };
}

function targetPart(
  db: Sqlite,
): Pick<
  AgentStore,
  'accepted' | 'saveAccepted' | 'clusterId' | 'tombstonesDone' | 'addTombstoneDone'
> {
  const read = db.prepare('SELECT json FROM accepted');
  const readCluster = db.prepare('SELECT cluster_id FROM accepted');
  const write = db.prepare(
    'INSERT INTO accepted (one, cluster_id, json) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET cluster_id = excluded.cluster_id, json = excluded.json',
  );
  const readDone = db.prepare('SELECT json FROM tombstones_done ORDER BY json');
  const addDone = db.prepare('INSERT OR IGNORE INTO tombstones_done (json) VALUES (?)');
  const removeDone = db.prepare('DELETE FROM tombstones_done WHERE json = ?');
  const doneTexts = (): string[] =>
    rows('a done tombstone', jsonRow, readDone.all()).map((row) => row.json);
  return {
    accepted: () => {
      const row = read.get();
      return row === undefined
        ? null
        : decodeAccepted(checked('the accepted target', jsonRow, row).json);
    },
    saveAccepted: (accepted) => {
      db.transaction(() => {
        write.run(accepted.target.clusterId, JSON.stringify(accepted));
        const named = new Set(accepted.target.tombstones.map(tombstoneText));
        for (const text of doneTexts()) if (!named.has(text)) removeDone.run(text);
      })();
    },
    clusterId: () => {
      const row = readCluster.get();
      if (row === undefined) return null;
      return checked('the cluster id', z.object({ cluster_id: clusterIdSchema }), row).cluster_id;
    },
    tombstonesDone: () => doneTexts().map(decodeTombstone),
    addTombstoneDone: (tombstone) => {
      addDone.run(tombstoneText(tombstone));
    },
  };
}

/** One text for equal tombstones, whatever the order of their keys. */
function tombstoneText(tombstone: Tombstone): string {
  const { kind } = tombstone;
  switch (kind) {
    case 'replica':
      return JSON.stringify({ kind, replica: tombstone.replica });
    case 'slice': {
      const { slice, incarnation, gpu } = tombstone;
      return JSON.stringify({ kind, slice, incarnation, gpu });
    }
    case 'instance': {
      const { gpu, giProfileId, start, gpuInstanceId, layoutRevision } = tombstone;
      return JSON.stringify({ kind, gpu, giProfileId, start, gpuInstanceId, layoutRevision });
    }
    default:
      return unreachable(tombstone);
  }
}

function replicaPart(db: Sqlite): Pick<AgentStore, 'replicas' | 'saveReplica' | 'removeReplica'> {
  const read = db.prepare('SELECT json FROM replicas ORDER BY replica');
  const write = db.prepare('INSERT OR REPLACE INTO replicas (replica, json) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM replicas WHERE replica = ?');
  return {
    replicas: () =>
      rows('a replica record', jsonRow, read.all()).map((row) => decodeReplicaRecord(row.json)),
    saveReplica: (record) => {
      write.run(record.replica, JSON.stringify(record));
    },
    removeReplica: (replica) => {
      remove.run(replica);
    },
  };
}

type CardPart = Pick<
  AgentStore,
  'bindings' | 'saveBinding' | 'removeBinding' | 'layouts' | 'saveLayout'
>;

function cardPart(db: Sqlite): CardPart {
  const readBindings = db.prepare('SELECT * FROM bindings ORDER BY slice');
  const writeBinding = db.prepare(
    'INSERT OR REPLACE INTO bindings (slice, slice_json, boot_id, gpu_instance_id, device_uuid, adopted) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const removeBinding = db.prepare('DELETE FROM bindings WHERE slice = ?');
  const readLayouts = db.prepare('SELECT * FROM layouts ORDER BY gpu');
  const writeLayout = db.prepare(
    'INSERT OR REPLACE INTO layouts (gpu, revision, drift_revision, fingerprint, shape_expected, boot_id) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return {
    bindings: () => rows('a slice binding', bindingRow, readBindings.all()).map(bindingOf),
    saveBinding: ({ slice, bootId, gpuInstanceId, deviceUuid, adopted }) => {
      writeBinding.run(
        slice.id,
        JSON.stringify(slice),
        bootId,
        gpuInstanceId,
        deviceUuid,
        adopted ? 1 : 0,
      );
    },
    removeBinding: (slice) => {
      removeBinding.run(slice);
    },
    layouts: () => rows('a layout', layoutRow, readLayouts.all()).map(layoutOf),
    saveLayout: (layout) => {
      writeLayout.run(
        layout.gpu,
        layout.revision,
        layout.driftRevision,
        layout.fingerprint,
        layout.shapeExpected,
        layout.bootId,
      );
    },
  };
}

function journalPart(db: Sqlite): Pick<AgentStore, 'beginIntent' | 'endIntent' | 'openIntents'> {
  const read = db.prepare('SELECT * FROM journal ORDER BY id');
  const begin = db.prepare(
    'INSERT INTO journal (boot_id, at_ms, kind, gpu, slice_json, step) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const end = db.prepare('DELETE FROM journal WHERE id = ?');
  return {
    beginIntent: (intent) => {
      const slice = intent.slice === null ? null : JSON.stringify(intent.slice);
      const done = begin.run(
        intent.bootId,
        Math.round(intent.atMs),
        intent.kind,
        intent.gpu,
        slice,
        intent.step,
      );
      return Number(done.lastInsertRowid);
    },
    endIntent: (id) => {
      end.run(id);
    },
    openIntents: () => rows('an intent', intentRow, read.all()).map(intentOf),
  };
}

function rows<T>(what: string, schema: z.ZodType<T>, found: readonly unknown[]): T[] {
  return found.map((row) => checked(what, schema, row));
}

function bindingOf(row: z.infer<typeof bindingRow>): SliceBinding {
  return {
    slice: decodeSlice(row.slice_json),
    bootId: row.boot_id,
    gpuInstanceId: row.gpu_instance_id,
    deviceUuid: row.device_uuid,
    adopted: row.adopted !== 0,
  };
}

function layoutOf(row: z.infer<typeof layoutRow>): LayoutRecord {
  return {
    gpu: row.gpu,
    revision: row.revision,
    driftRevision: row.drift_revision,
    fingerprint: row.fingerprint,
    shapeExpected: row.shape_expected,
    bootId: row.boot_id,
  };
}

function intentOf(row: z.infer<typeof intentRow>): Intent {
  return {
    id: row.id,
    bootId: row.boot_id,
    atMs: row.at_ms,
    kind: row.kind,
    gpu: row.gpu,
    slice: row.slice_json === null ? null : decodeSlice(row.slice_json),
    step: row.step,
  };
}
