/** Looks that come later than this share of the time between two say that the process was held up. */
const lateShare = 1.5;

/**
 * Until when it is known what agents have said; times are monotonic. A process that was held up for a second has read nothing of
 * that second yet: it must not call silent who spoke in it.
 */
export class HeardUntil {
  /** null: nobody is there to be heard. */
  #last: { readonly atMs: number; readonly everyMs: number } | null = null;

  /** Everything that was said until now is known; the next time is `everyMs` from now. */
  looked(atMs: number, everyMs: number): void {
    this.#last = { atMs, everyMs };
  }

  nobodyIsThere(): void {
    this.#last = null;
  }

  /** Now, where nothing holds the process up. */
  ms(nowMs: number): number {
    if (this.#last === null) return nowMs;
    const { atMs, everyMs } = this.#last;
    return nowMs - atMs > lateShare * everyMs ? atMs : nowMs;
  }
}
