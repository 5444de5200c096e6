/** One line of the kernel's log. */
export interface KernelLine {
  readonly text: string;
  /** Wall clock, when the kernel wrote it; when it was read, if the log does not tell. */
  readonly atMs: number;
}

/** Some lines that were there together, oldest first. */
export interface KernelBatch {
  /** May be empty: lines that hold no fault are not told. */
  readonly lines: readonly KernelLine[];
  /** Everything up to here has been told: what `follow` wants to go on. */
  readonly position: number;
}

/** A log of the kernel that grows. */
export interface KernelLogSource {
  /** Names the log: positions of one mean nothing in another. */
  readonly name: string;
  /**
   * Lines that may tell of a fault, from after `position` on; null: all that the log has of this boot, or for a plain
   * file what is written from now on. Ends by throwing DRIVER_AWAY, PROCESS_FAILED or the signal's reason.
   */
  follow(position: number | null, signal: AbortSignal): AsyncGenerator<KernelBatch, void, void>;
}

/** Longer lines are cut: a record of /dev/kmsg has at most 8 KiB. */
export const lineBytesMax = 8_192;
/** Lines told at once; a storm comes in several batches. */
export const batchLinesMax = 1_000;

/** Nearly no line is of interest, and nobody else needs the others: the same two words that the parser looks for. */
export function mayTellFault(text: string): boolean {
  return text.includes('Xid') || text.includes('NVRM') || text.includes('fallen off the bus');
}
