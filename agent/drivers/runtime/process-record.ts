import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  parseModelName,
  parseReplicaId,
  type ModelName,
  type ReplicaId,
} from '../../../shared/domain/ids.ts';

/**
 * What is written about a replica's process, so that a restarted agent finds it again. A pid alone is no identity:
 * with the boot id and the start time it is. `process` is null between intent and start.
 */
export interface ProcessRecord {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  readonly modelVersion: number;
  readonly specHash: string;
  readonly bootId: string;
  /** In the child's environment: finds a process whose start was not written down any more. */
  readonly launchId: string;
  readonly port: number;
  readonly deviceUuids: readonly string[];
  readonly startedAtMs: number;
  readonly process: { readonly pid: number; readonly startTicks: number } | null;
  /** null: it runs, or nobody saw it end. */
  readonly exitCode: number | null;
}

const schema = z.strictObject({
  replica: z.string(),
  model: z.string(),
  modelVersion: z.number().int(),
  specHash: z.string(),
  bootId: z.string(),
  launchId: z.string(),
  port: z.number().int().min(1).max(65_535),
  deviceUuids: z.array(z.string()),
  startedAtMs: z.number(),
  process: z
    .strictObject({ pid: z.number().int().min(2), startTicks: z.number().int() })
    .nullable(),
  exitCode: z.number().int().nullable(),
});

/** The records of one state directory: a folder a replica, with its record and its log. */
export interface RecordStore {
  list(): readonly ProcessRecord[];
  read(replica: ReplicaId): ProcessRecord | null;
  /** Durable when it returns: written beside, then renamed. */
  write(record: ProcessRecord): void;
  remove(replica: ReplicaId): void;
  logFile(replica: ReplicaId): string;
  folder(replica: ReplicaId): string;
}

export function openRecordStore(stateDirectory: string): RecordStore {
  const root = join(stateDirectory, 'processes');
  mkdirSync(root, { recursive: true, mode: 0o750 });
  // Replica ids may hold `/` and `:`; a folder name may not.
  const folder = (replica: ReplicaId): string => join(root, encodeURIComponent(replica));
  return {
    list: () =>
      readdirSync(root)
        .sort()
        .map((name) => readFolder(join(root, name)))
        .filter((record) => record !== null),
    read: (replica) => readFolder(folder(replica)),
    write: (record) => {
      mkdirSync(folder(record.replica), { recursive: true, mode: 0o750 });
      const path = join(folder(record.replica), 'record.json');
      writeFileSync(`${path}.new`, `${JSON.stringify(record)}\n`, { mode: 0o640, flush: true });
      renameSync(`${path}.new`, path);
    },
    remove: (replica) => rmSync(folder(replica), { recursive: true, force: true }),
    logFile: (replica) => join(folder(replica), 'output.log'),
    folder,
  };
}

function readFolder(path: string): ProcessRecord | null {
  return parseRecord(readText(join(path, 'record.json')));
}

/** null for anything that is no record of ours: a half-made folder must not hide the others. */
export function parseRecord(text: string): ProcessRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) return null;
  const replica = parseReplicaId(parsed.data.replica);
  const model = parseModelName(parsed.data.model);
  if (!replica.ok || !model.ok) return null;
  return { ...parsed.data, replica: replica.value, model: model.value };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
