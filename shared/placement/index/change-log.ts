/** Changes that are remembered; whoever is further behind looks at everything anew. */
const changesMax = 8_192;

/**
 * Which nodes changed, in order: what boards catch up from.
 * Invariants: `head` only grows; the last `changesMax` changes can be read.
 */
export class ChangeLog {
  private readonly slots: Int32Array;
  /** For each slot the number of its last change; -1: none. */
  private readonly last: Float64Array;
  private count: number;

  /** `slots`: how many nodes there are. */
  constructor(slots: number, from?: ChangeLog) {
    this.slots = from === undefined ? new Int32Array(changesMax) : from.slots.slice();
    this.last = from === undefined ? new Float64Array(slots).fill(-1) : from.last.slice();
    this.count = from?.count ?? 0;
  }

  /** How many changes there have been. */
  get head(): number {
    return this.count;
  }

  add(slot: number): void {
    this.slots[this.count % changesMax] = slot;
    this.last[slot] = this.count;
    this.count += 1;
  }

  /** Whether every change from number `from` on can still be read. */
  reaches(from: number): boolean {
    return this.count - from <= changesMax;
  }

  /** The node that a change was of; -1: it changed again later. */
  latestAt(change: number): number {
    const slot = this.slots[change % changesMax] ?? -1;
    return this.last[slot] === change ? slot : -1;
  }

  fork(): ChangeLog {
    return new ChangeLog(0, this);
  }
}
