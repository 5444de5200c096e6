import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { readJson, removeFile, writeJsonAtomically } from './json-file.ts';

/** A process of ours. The start time tells it from a later one that was given the same number. */
export interface KnownProcess {
  readonly pid: number;
  readonly startTicks: string;
}

export interface Owner {
  readonly launcher: KnownProcess;
  /** In the order in which they are to end. */
  readonly children: readonly (KnownProcess & { readonly name: string })[];
}

const processSchema = z.strictObject({ pid: z.int().min(2), startTicks: z.string() });
const ownerSchema = z.strictObject({
  launcher: processSchema,
  children: z.array(processSchema.extend({ name: z.string() })),
});

/** Who started the cluster of this folder last. null: nobody, or it ended properly. */
export function readOwner(path: string): Owner | null {
  return readJson(path, ownerSchema);
}

export function writeOwner(path: string, owner: Owner): void {
  writeJsonAtomically(path, owner);
}

/** Takes the folder for this start. false: another start took it in this moment. */
export function claimOwner(path: string, owner: Owner): boolean {
  try {
    writeFileSync(path, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

export function clearOwner(path: string): void {
  removeFile(path);
}

/** null: there is no such process. */
export function identify(pid: number): KnownProcess | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets; the fields begin after the last one. Field 22 is the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return { pid, startTicks: fields[19] ?? '' };
  } catch {
    return null;
  }
}

export function isAlive(known: KnownProcess): boolean {
  return identify(known.pid)?.startTicks === known.startTicks;
}
