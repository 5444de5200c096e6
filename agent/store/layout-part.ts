import { z } from 'zod';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { LayoutChange, RecordedLayout } from '../../shared/domain/mig-layout.ts';
import type { Sqlite } from '../../shared/platform/sqlite.ts';
import { bootIdSchema, decode, gpuUuidSchema, checked, replicaIdSchema } from './codec.ts';

/** How many changes a node remembers. */
const layoutChangesMax = 200;

/** What the agent must remember of layouts that somebody asked it for. */
export interface LayoutStore {
  /** Durable before it answers with the change's id. The oldest that are over are forgotten. */
  beginLayoutChange(change: Omit<LayoutChange, 'id'>): number;
  saveLayoutChange(change: LayoutChange): void;
  /** Those that are not over, or have still stopped DCGM, oldest first: at most one a card. */
  openLayoutChanges(): readonly LayoutChange[];
  /** The newest of a card, over or not; null: it has had none. */
  lastLayoutChange(gpu: GpuUuid): LayoutChange | null;
  /** What is remembered of a card, over or not, newest first. */
  layoutChanges(gpu: GpuUuid): readonly LayoutChange[];

  recordedLayouts(): readonly RecordedLayout[];
  saveRecordedLayout(layout: RecordedLayout): void;
  removeRecordedLayout(gpu: GpuUuid): void;
}

const count = z.number().int().min(0);
const placement = { giProfileId: count, start: count };
const instance = z.strictObject({
  ...placement,
  profile: z.string(),
  compute: z.array(z.string()).nullable(),
});
const shape = z.strictObject({ migEnabled: z.boolean(), instances: z.array(instance) });
const step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stop-replica'), replica: replicaIdSchema }),
  z.strictObject({ kind: z.literal('destroy'), instance }),
  z.strictObject({ kind: z.literal('set-mode'), enabled: z.boolean() }),
  z.strictObject({ kind: z.literal('create'), instance }),
]);
const changeSchema = z.strictObject({
  gpu: gpuUuidSchema,
  bootId: bootIdSchema,
  startedAtMs: z.number(),
  origin: z.enum(['apply', 'restore']),
  planId: z.string(),
  before: shape,
  kept: z.array(
    z.strictObject({ ...placement, gpuInstanceId: count, uuid: z.string().nullable() }),
  ),
  steps: z.array(step),
  cursor: count,
  begun: z.boolean(),
  reset: z.enum(['untried', 'failed', 'impossible']),
  failures: count,
  dcgmStopped: z.boolean(),
  state: z.enum(['running', 'undoing', 'done', 'undone', 'parked', 'failed']),
  detail: z.string(),
});
const recordedSchema = z.strictObject({ gpu: gpuUuidSchema, shape, bootId: bootIdSchema });

const changeRow = z.object({ id: z.number().int(), json: z.string() });
const jsonRow = z.object({ json: z.string() });

export function layoutPart(db: Sqlite): LayoutStore {
  const insert = db.prepare('INSERT INTO layout_changes (gpu, open, json) VALUES (?, ?, ?)');
  const update = db.prepare('UPDATE layout_changes SET open = ?, json = ? WHERE id = ?');
  const trim = db.prepare('DELETE FROM layout_changes WHERE open = 0 AND id <= ?');
  const readOpen = db.prepare('SELECT id, json FROM layout_changes WHERE open = 1 ORDER BY id');
  const readLast = db.prepare(
    'SELECT id, json FROM layout_changes WHERE gpu = ? ORDER BY id DESC LIMIT 1',
  );
  const readAll = db.prepare('SELECT id, json FROM layout_changes WHERE gpu = ? ORDER BY id DESC');
  const readRecorded = db.prepare('SELECT json FROM layouts_recorded ORDER BY gpu');
  const record = db.prepare('INSERT OR REPLACE INTO layouts_recorded (gpu, json) VALUES (?, ?)');
  const forget = db.prepare('DELETE FROM layouts_recorded WHERE gpu = ?');
  const begin = db.transaction((change: Omit<LayoutChange, 'id'>): number => {
    const done = insert.run(change.gpu, isOpen(change) ? 1 : 0, JSON.stringify(change));
    const id = Number(done.lastInsertRowid);
    trim.run(id - layoutChangesMax);
    return id;
  });
  return {
    beginLayoutChange: (change) => begin(change),
    saveLayoutChange: ({ id, ...change }) => {
      update.run(isOpen(change) ? 1 : 0, JSON.stringify(change), id);
    },
    openLayoutChanges: () => readOpen.all().map(changeOf),
    lastLayoutChange: (gpu) => {
      const row = readLast.get(gpu);
      return row === undefined ? null : changeOf(row);
    },
    layoutChanges: (gpu) => readAll.all(gpu).map(changeOf),
    recordedLayouts: () =>
      readRecorded
        .all()
        .map((row) =>
          decode(
            'a recorded layout',
            recordedSchema,
            checked('a recorded layout', jsonRow, row).json,
          ),
        ),
    saveRecordedLayout: (layout) => {
      record.run(layout.gpu, JSON.stringify(layout));
    },
    removeRecordedLayout: (gpu) => {
      forget.run(gpu);
    },
  };
}

function changeOf(row: unknown): LayoutChange {
  const { id, json } = checked('a layout change', changeRow, row);
  return { id, ...decode('a layout change', changeSchema, json) };
}

function isOpen({ state, dcgmStopped }: Omit<LayoutChange, 'id'>): boolean {
  return state === 'running' || state === 'undoing' || dcgmStopped;
}
