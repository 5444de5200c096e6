import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, type Random } from '../../fuzz/mutate.ts';
import { CrashFile, type Fate } from './crash-image.ts';
import { plantBug, recordWrites, shippedStore } from './recorded-writer.ts';
import { faultOf } from './store-check.ts';
import type { FileEvent } from './write-log.ts';

export interface CrashVerdict {
  readonly images: number;
  /** Images that miss an acknowledged write, hold half a transaction, or cannot be opened. */
  readonly bad: number;
  /** Images in which something that was never synced was dropped or torn. */
  readonly cut: number;
  /** How the first bad one shows; null: none is. */
  readonly first: string | null;
}

const fates: readonly Fate[] = ['mixed', 'mixed', 'dropped', 'kept'];

/**
 * Records one run of the store, builds `count` states that a power cut could have left of it, opens each and looks for
 * every write that was acknowledged before the cut. `wrong`: text that stands for `right` in the store that is recorded.
 */
export async function judgeCrashes(
  count: number,
  seed: number,
  planted: { readonly right: string; readonly wrong: string } | null = null,
): Promise<CrashVerdict> {
  // Thousands of images are written and synced: memory will do, for none of them must survive us.
  const folder = mkdtempSync(
    join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tangram-crash-'),
  );
  try {
    const store = planted === null ? shippedStore : plantBug(folder, planted.right, planted.wrong);
    const events = recordWrites(folder, store);
    return await judge(events, { count, folder, random: seededRandom(seed) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function judge(
  events: readonly FileEvent[],
  options: { readonly count: number; readonly folder: string; readonly random: Random },
): Promise<CrashVerdict> {
  const { count, folder, random } = options;
  const files = new Map<string, CrashFile>();
  // From the first acknowledgement to the end of the last: what is cut is a store at work.
  const from = events.findIndex((event) => event.file === 'acks' && event.kind === 'write');
  const to = events.findLastIndex((event) => event.file === 'acks' && event.kind === 'write');
  const points = cutPoints({ from, to }, count, random);
  let [images, bad, cut, acked] = [0, 0, 0, 0];
  let first: string | null = null;
  for (const [at, event] of events.entries()) {
    acked = Math.max(acked, follow(files, event));
    for (let nth = 0; nth < (points.get(at) ?? 0); nth += 1) {
      const fate = fates[images % fates.length] ?? 'mixed';
      const image = writeImage(files, { folder, name: `image-${images}`, fate, random });
      if (image.cut) cut += 1;
      const fault = await faultOf(image.path, acked);
      for (const suffix of ['', '-wal', '-open']) rmSync(`${image.path}${suffix}`, { force: true });
      images += 1;
      if (fault === null) continue;
      bad += 1;
      first ??= `cut after event ${at} (${event.kind} of ${event.file}), unsynced ${fate}: ${fault}`;
    }
  }
  return { images, bad, cut, first };
}

/** How many images are made after each event. */
function cutPoints(
  { from, to }: { readonly from: number; readonly to: number },
  count: number,
  random: Random,
): ReadonlyMap<number, number> {
  const points = new Map<number, number>();
  for (let image = 0; image < count; image += 1) {
    const at = from + Math.floor(random() * (to - from));
    points.set(at, (points.get(at) ?? 0) + 1);
  }
  return points;
}

/** Answers the number that `event` acknowledges; 0: none. */
function follow(files: Map<string, CrashFile>, event: FileEvent): number {
  if (event.file === 'acks') {
    return event.kind === 'write' ? Number.parseInt(event.bytes.toString(), 10) || 0 : 0;
  }
  if (event.kind === 'remove') {
    files.delete(event.file);
    return 0;
  }
  const file = files.get(event.file) ?? new CrashFile();
  files.set(event.file, file);
  if (event.kind === 'sync') file.sync();
  else if (event.kind === 'write' || event.kind === 'truncate') file.change(event);
  return 0;
}

function writeImage(
  files: ReadonlyMap<string, CrashFile>,
  options: {
    readonly folder: string;
    readonly name: string;
    readonly fate: Fate;
    readonly random: Random;
  },
): { readonly path: string; readonly cut: boolean } {
  const path = join(options.folder, options.name);
  let cut = false;
  for (const [file, content] of files) {
    const image = content.image(options.fate, options.random);
    cut ||= options.fate !== 'kept' && content.hasPending();
    writeFileSync(`${path}${file.slice('db'.length)}`, image);
  }
  return { path, cut };
}
