import type { Random } from '../../fuzz/mutate.ts';
import type { FileEvent } from './write-log.ts';

/** What a disk writes in one piece at the least. */
const sectorBytes = 512;

type Change = Extract<FileEvent, { kind: 'write' | 'truncate' }>;

/** What becomes of what was not synced when the power goes. */
export type Fate = 'dropped' | 'kept' | 'mixed';

/**
 * One file as a power cut may find it. What was synced is there; of what was not, each change may be there, or not, or
 * with some of its sectors, in any combination.
 */
export class CrashFile {
  #durable = Buffer.alloc(0);
  #size = 0;
  #pending: Change[] = [];

  change(change: Change): void {
    this.#pending.push(change);
  }

  sync(): void {
    for (const change of this.#pending) this.#size = apply(change, this.#room(change), this.#size);
    this.#pending = [];
  }

  hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** The file after the power came back. */
  image(fate: Fate, random: Random): Buffer {
    const changes = fate === 'dropped' ? [] : this.#pending;
    const end = Math.max(this.#size, ...changes.map(endOf));
    const image = Buffer.alloc(end);
    this.#durable.copy(image, 0, 0, this.#size);
    let size = this.#size;
    for (const change of changes) {
      const dice = fate === 'kept' ? 1 : random();
      if (dice < 1 / 3) continue;
      const torn = dice < 2 / 3 && change.kind === 'write';
      size = torn ? tear(change, image, { size, random }) : apply(change, image, size);
    }
    return image.subarray(0, size);
  }

  #room(change: Change): Buffer {
    if (endOf(change) > this.#durable.length) {
      const grown = Buffer.alloc(endOf(change) * 2);
      this.#durable.copy(grown);
      this.#durable = grown;
    }
    return this.#durable;
  }
}

/** Answers the new size. */
function apply(change: Change, into: Buffer, size: number): number {
  if (change.kind === 'truncate') {
    into.fill(0, change.size, Math.max(size, change.size));
    return change.size;
  }
  change.bytes.copy(into, change.offset);
  return Math.max(size, endOf(change));
}

/** Each sector of the write is there, or is what was there before. */
function tear(
  change: Extract<Change, { kind: 'write' }>,
  into: Buffer,
  { size, random }: { readonly size: number; readonly random: Random },
): number {
  let reached = size;
  for (let at = 0; at < change.bytes.length;) {
    const next = Math.min(
      change.bytes.length,
      at + sectorBytes - ((change.offset + at) % sectorBytes),
    );
    if (random() < 0.5) {
      change.bytes.copy(into, change.offset + at, at, next);
      reached = Math.max(reached, change.offset + next);
    }
    at = next;
  }
  return reached;
}

function endOf(change: Change): number {
  return change.kind === 'truncate' ? change.size : change.offset + change.bytes.length;
}
