import type { AuditEntry } from './audit-record.ts';

export interface DenialLimits {
  /** How long denials that are alike are counted before one record says how many. */
  readonly windowMs: number;
  /** How many different ones are told apart in a window; the rest are counted together. */
  readonly kindsMax: number;
}

interface Counted {
  entry: AuditEntry;
  /** Since the record that told of the first. */
  count: number;
}

/** The caller of the record that stands for all that were too many to be told apart. */
const others = 'others';

/**
 * Keeps a flood of denials from filling the audit log: the first of a kind is told at once, those alike are counted.
 * Invariants: every denial is in exactly one record's count, once `drain` has been called after it; at most
 * 2 × kindsMax + 1 records a window.
 */
export class Denials {
  readonly #limits: DenialLimits;
  readonly #kinds = new Map<string, Counted>();
  #overflow: Counted | undefined;
  #windowFromMs = 0;

  constructor(limits: DenialLimits) {
    this.#limits = limits;
  }

  /** Answers the records to write now. */
  add(entry: AuditEntry, nowMs: number): readonly AuditEntry[] {
    const due = nowMs - this.#windowFromMs >= this.#limits.windowMs ? this.drain(nowMs) : [];
    const key = `${entry.caller} ${entry.method} ${entry.outcome}`;
    const known = this.#kinds.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.entry = entry;
      return due;
    }
    if (this.#kinds.size < this.#limits.kindsMax) {
      this.#kinds.set(key, { entry, count: 0 });
      return [...due, entry];
    }
    this.#overflow = {
      entry: { ...entry, caller: others },
      count: (this.#overflow?.count ?? 0) + 1,
    };
    return due;
  }

  /** What was counted and not told yet; a new window begins. */
  drain(nowMs: number): readonly AuditEntry[] {
    const counted = [...this.#kinds.values(), ...(this.#overflow ? [this.#overflow] : [])];
    this.#kinds.clear();
    this.#overflow = undefined;
    this.#windowFromMs = nowMs;
    return counted
      .filter(({ count }) => count > 0)
      .map(({ entry, count }) => ({ ...entry, count }));
  }
}
