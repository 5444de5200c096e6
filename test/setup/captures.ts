import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { realCaptures, type Found } from './needs.ts';

/** One saved output of a real tool, as the index of their folder describes it. */
export interface Capture {
  /** Relative to the folder. */
  readonly file: string;
  readonly kind: string;
  readonly command: string;
  readonly exit_code?: number;
}

const folder = process.env['TANGRAM_CAPTURES'] ?? '';
const present = folder !== '' && existsSync(join(folder, 'INDEX.json'));

export const capturesFound: Found = { ...realCaptures, available: present };

/** All of them; none where their folder is not on this machine. */
export const captures: readonly Capture[] = present
  ? (JSON.parse(captureText('INDEX.json')) as { readonly captures: readonly Capture[] }).captures
  : [];

export function capturesOf(kind: string): readonly Capture[] {
  return captures.filter((capture) => capture.kind === kind);
}

export function captureText(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}
