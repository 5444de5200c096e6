import { z } from 'zod';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { Sqlite } from '../../shared/platform/sqlite.ts';
import { bootIdSchema, checked, gpuUuidSchema } from './codec.ts';
import type { ComputeModeRecord, MpsDefaultsRecord, MpsRecovery } from './mps-records.ts';

/** What must be remembered of shared cards. Every write is on disk when the call returns. */
export interface MpsStore {
  /** The cards whose MPS daemon is ours. */
  mpsCards(): readonly GpuUuid[];
  addMpsCard(gpu: GpuUuid): void;
  /** Also forgets what its daemon was told. */
  removeMpsCard(gpu: GpuUuid): void;
  mpsDefaults(): readonly MpsDefaultsRecord[];
  saveMpsDefaults(defaults: MpsDefaultsRecord): void;
  computeModes(): readonly ComputeModeRecord[];
  saveComputeMode(record: ComputeModeRecord): void;
  removeComputeMode(gpu: GpuUuid): void;
  mpsRecoveries(): readonly MpsRecovery[];
  /** One a card: the last. */
  saveMpsRecovery(recovery: MpsRecovery): void;
}

const cardRows = z.array(z.object({ gpu: gpuUuidSchema }));
const defaultsRows = z.array(
  z.object({
    gpu: gpuUuidSchema,
    incarnation: z.string(),
    sm_percent: z.number().int(),
    memory_mib: z.number().int(),
  }),
);
const modeRows = z.array(
  z.object({ gpu: gpuUuidSchema, mode_before: z.string(), boot_id: bootIdSchema }),
);
const recovery = z.strictObject({
  gpu: gpuUuidSchema,
  faultId: z.string(),
  reason: z.string(),
  open: z.boolean(),
  tenants: z.string(),
  beganAtMs: z.array(z.number()),
  notBeforeMs: z.number(),
});
const recoveryRows = z.array(z.object({ json: z.string() }));

/** The tables of shared cards. */
export function mpsPart(db: Sqlite): MpsStore {
  return { ...cardPart(db), ...computeModePart(db), ...recoveryPart(db) };
}

type CardPart = Pick<
  MpsStore,
  'mpsCards' | 'addMpsCard' | 'removeMpsCard' | 'mpsDefaults' | 'saveMpsDefaults'
>;

function cardPart(db: Sqlite): CardPart {
  const readCards = db.prepare('SELECT gpu FROM mps_cards ORDER BY gpu');
  const addCard = db.prepare('INSERT OR IGNORE INTO mps_cards (gpu) VALUES (?)');
  const removeCard = db.prepare('DELETE FROM mps_cards WHERE gpu = ?');
  const readDefaults = db.prepare('SELECT * FROM mps_defaults ORDER BY gpu');
  const writeDefaults = db.prepare(
    'INSERT OR REPLACE INTO mps_defaults (gpu, incarnation, sm_percent, memory_mib) VALUES (?, ?, ?, ?)',
  );
  const removeDefaults = db.prepare('DELETE FROM mps_defaults WHERE gpu = ?');
  const remove = db.transaction((gpu: GpuUuid) => {
    removeCard.run(gpu);
    removeDefaults.run(gpu);
  });
  return {
    mpsCards: () => checked('the MPS cards', cardRows, readCards.all()).map((row) => row.gpu),
    addMpsCard: (gpu) => {
      addCard.run(gpu);
    },
    removeMpsCard: (gpu) => {
      remove(gpu);
    },
    mpsDefaults: () =>
      checked('MPS defaults', defaultsRows, readDefaults.all()).map(
        ({ gpu, incarnation, sm_percent, memory_mib }) => ({
          gpu,
          incarnation,
          smPercent: sm_percent,
          memoryMib: memory_mib,
        }),
      ),
    saveMpsDefaults: ({ gpu, incarnation, smPercent, memoryMib }) => {
      writeDefaults.run(gpu, incarnation, smPercent, memoryMib);
    },
  };
}

function computeModePart(
  db: Sqlite,
): Pick<MpsStore, 'computeModes' | 'saveComputeMode' | 'removeComputeMode'> {
  const read = db.prepare('SELECT * FROM compute_modes ORDER BY gpu');
  const write = db.prepare(
    'INSERT OR REPLACE INTO compute_modes (gpu, mode_before, boot_id) VALUES (?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM compute_modes WHERE gpu = ?');
  return {
    computeModes: () =>
      checked('the compute modes', modeRows, read.all()).map(({ gpu, mode_before, boot_id }) => ({
        gpu,
        modeBefore: mode_before,
        bootId: boot_id,
      })),
    saveComputeMode: ({ gpu, modeBefore, bootId }) => {
      write.run(gpu, modeBefore, bootId);
    },
    removeComputeMode: (gpu) => {
      remove.run(gpu);
    },
  };
}

function recoveryPart(db: Sqlite): Pick<MpsStore, 'mpsRecoveries' | 'saveMpsRecovery'> {
  const read = db.prepare('SELECT json FROM mps_recoveries ORDER BY gpu');
  const write = db.prepare('INSERT OR REPLACE INTO mps_recoveries (gpu, json) VALUES (?, ?)');
  return {
    mpsRecoveries: () =>
      checked('the MPS recoveries', recoveryRows, read.all()).map(({ json }) =>
        checked('an MPS recovery', recovery, JSON.parse(json)),
      ),
    saveMpsRecovery: (record) => {
      write.run(record.gpu, JSON.stringify(record));
    },
  };
}
