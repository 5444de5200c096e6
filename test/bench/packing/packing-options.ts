import { join } from 'node:path';

/** The lists of the public trace that have published results. */
export const allLists = [
  'default',
  'cpu050',
  'cpu100',
  'cpu250',
  'gpushare40',
  'gpushare80',
  'gpushare100',
  'gpuspec10',
  'gpuspec25',
  'gpuspec33',
  'multigpu20',
  'multigpu40',
  'multigpu50',
] as const;

/** How much of the packing bench is run. */
export interface PackingOptions {
  readonly lists: readonly string[];
  /** Seeds of arrivals; churn takes three more. */
  readonly seeds: number;
  /** A sample that shows that everything works: fewer loads, arrivals and mixes. */
  readonly quick: boolean;
}

/** Null, said out loud: the public traces are not on this machine. */
export function tracesFolder(part: string): string | null {
  const folder = process.env['TANGRAM_TRACES'] ?? '';
  if (folder !== '') return folder;
  process.stderr.write(
    `bench packing: skipped ${part}: TANGRAM_TRACES names no folder of traces\n`,
  );
  return null;
}

export function openbFolder(part: string): string | null {
  const folder = tracesFolder(part);
  return folder === null ? null : join(folder, 'alibaba-gpu-2023');
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
