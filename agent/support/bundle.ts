import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { redact } from './redact.ts';

/** One file of a bundle. */
export interface BundleItem {
  /** Path inside the bundle; its folder is the kind that `agentctl inspect` knows it by. */
  readonly path: string;
  /** What was asked, for people: a command line, a file, a call. */
  readonly from: string;
  readonly read: () => Promise<string>;
}

/** What became of one item. */
export interface BundleEntry {
  readonly path: string;
  readonly from: string;
  readonly bytes: number;
  readonly truncated: boolean;
  /** null: it is there. Else why it is not. */
  readonly problem: string | null;
}

/** The last part of anything longer is what tells. */
const itemCharactersMax = 4 * 1024 * 1024;

/**
 * Reads every item, one after the other, takes secrets out of it and writes it below `folder`; `manifest.json` says
 * what there is and what could not be read. An item that fails does not spoil the others.
 */
export async function writeBundle(
  folder: string,
  items: readonly BundleItem[],
  about: { readonly version: string; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly BundleEntry[]> {
  const entries: BundleEntry[] = [];
  for (const item of items) {
    about.signal.throwIfAborted();
    entries.push(await writeItem(folder, item));
  }
  const manifest = {
    version: about.version,
    createdAt: new Date(about.clock.wallMs()).toISOString(),
    redacted: true,
    items: entries,
  };
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return entries;
}

async function writeItem(folder: string, { path, from, read }: BundleItem): Promise<BundleEntry> {
  try {
    const text = await read();
    const truncated = text.length > itemCharactersMax;
    const kept = redact(truncated ? text.slice(-itemCharactersMax) : text);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), kept);
    return { path, from, bytes: Buffer.byteLength(kept), truncated, problem: null };
  } catch (error) {
    const problem = redact(errorChain(error)).slice(0, 500);
    return { path, from, bytes: 0, truncated: false, problem };
  }
}
