import { createHash } from 'node:crypto';

const keptMax = 400;

/** What happened, in order: the newest lines for people, and a hash of all of them for comparing two runs. */
export class History {
  readonly #hash = createHash('sha256');
  readonly #nowMs: () => number;
  readonly #tail: string[] = [];
  readonly #echo: ((line: string) => void) | null;
  #over = false;
  count = 0;

  constructor(nowMs: () => number, echo: ((line: string) => void) | null) {
    this.#nowMs = nowMs;
    this.#echo = echo;
  }

  add(who: string, what: string): void {
    if (this.#over) return;
    const line = `${(this.#nowMs() / 1_000).toFixed(4).padStart(9)} ${who}: ${what}`;
    this.count += 1;
    this.#hash.update(line).update('\n');
    this.#tail.push(line);
    if (this.#tail.length > 2 * keptMax) this.#tail.splice(0, keptMax);
    this.#echo?.(line);
  }

  tail(lines: number): readonly string[] {
    return this.#tail.slice(-lines);
  }

  /** Hex. Call once, at the end: nothing is added any more. */
  digest(): string {
    this.#over = true;
    return this.#hash.digest('hex');
  }
}
