import { z } from 'zod';
import type { Sqlite } from '../../shared/platform/sqlite.ts';
import { bootIdSchema, checked, decode, gpuUuidSchema } from './codec.ts';
import {
  recoveryStates,
  recoveryWishes,
  type CardHealthRecord,
  type KernelLogPosition,
} from './health-records.ts';

/** The health of the cards, as it must survive the agent. */
export interface HealthStore {
  cardHealth(): readonly CardHealthRecord[];
  /** All of it or nothing: what was read of the kernel log, and what followed from it. */
  saveCardHealth(records: readonly CardHealthRecord[], position: KernelLogPosition | null): void;
  /** How far the kernel log was read; null: it never was. */
  kernelLogPosition(): KernelLogPosition | null;
}

const time = z.number();
const victim = z.strictObject({ job: z.string(), who: z.string(), atMs: time });
const incident = z.strictObject({
  code: z.number().int(),
  gpuInstanceId: z.number().int().nullable(),
  computeInstanceId: z.number().int().nullable(),
  deviceUuid: z.string().nullable(),
  firstMs: time,
  lastMs: time,
  count: z.number().int(),
  line: z.string(),
  injected: z.boolean(),
  fatal: z.boolean().nullable(),
  wish: z.enum(recoveryWishes).nullable(),
  victims: z.array(victim),
});
const recovery = z.strictObject({
  state: z.enum(recoveryStates),
  bootId: bootIdSchema,
  askedBy: z.enum(['operator', 'policy']),
  cause: z.string(),
  resets: z.boolean(),
  startedAtMs: time,
  sinceMs: time,
  attempts: z.number().int(),
  detail: z.string(),
});
const record = z.strictObject({
  gpu: gpuUuidSchema,
  bootId: bootIdSchema,
  incidents: z.array(incident),
  recovery: recovery.nullable(),
});
const positionRow = z.object({ log: z.string(), boot_id: bootIdSchema, position: z.number() });

export function healthPart(db: Sqlite): HealthStore {
  const read = db.prepare('SELECT json FROM card_health ORDER BY gpu');
  const write = db.prepare('INSERT OR REPLACE INTO card_health (gpu, json) VALUES (?, ?)');
  const readPosition = db.prepare('SELECT log, boot_id, position FROM kernel_log');
  const writePosition = db.prepare(
    'INSERT OR REPLACE INTO kernel_log (one, log, boot_id, position) VALUES (1, ?, ?, ?)',
  );
  const save = db.transaction(
    (records: readonly CardHealthRecord[], position: KernelLogPosition | null) => {
      for (const each of records) write.run(each.gpu, JSON.stringify(each));
      if (position !== null) writePosition.run(position.log, position.bootId, position.position);
    },
  );
  return {
    cardHealth: () =>
      read.all().map((row) => {
        const { json } = checked('the health of a card', z.object({ json: z.string() }), row);
        return decode('the health of a card', record, json);
      }),
    saveCardHealth: (records, position) => {
      save(records, position);
    },
    kernelLogPosition: () => {
      const row = readPosition.get();
      if (row === undefined) return null;
      const { log, boot_id: bootId, position } = checked('a position', positionRow, row);
      return { log, bootId, position };
    },
  };
}
