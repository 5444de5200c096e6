/**
 * Tells any number of calls that are under way of the end of a term, with one listener: each of their own would be
 * looked for among all the others when it comes, and again when it goes.
 */
export class TermEnd {
  readonly #told = new Set<() => void>();

  constructor(deposed: AbortSignal) {
    const end = (): void => {
      for (const tell of this.#told) tell();
      this.#told.clear();
    };
    deposed.addEventListener('abort', end, { once: true });
  }

  /** Answers how to hear nothing more. */
  onEnd(tell: () => void): () => void {
    this.#told.add(tell);
    return () => this.#told.delete(tell);
  }
}
