import { genesisHash, hashOf, type AuditRecord } from './audit-record.ts';

/** What the log says of itself beside its records. */
export interface ChainEnds {
  /** Number and hash of the last record that was dropped for its age; number 0: none was. */
  readonly dropped: { readonly number: number; readonly hash: string };
  /** Number and hash of the newest record; number 0: there is none. */
  readonly head: { readonly number: number; readonly hash: string };
}

/** The method of the records that say up to which number older ones were dropped. */
export const droppingMethod = 'audit/drop';

export interface ChainVerdict {
  readonly intact: boolean;
  /** How many records were computed anew, up to the first that is wrong. */
  readonly records: number;
  /** null: it is no record that is wrong. */
  readonly firstBad: number | null;
  /** Empty: nothing is wrong. */
  readonly problem: string;
  readonly head: ChainEnds['head'];
}

/**
 * Checks records one after another, so that a long log need not be in memory.
 * Invariants: after the first wrong record nothing changes the verdict.
 */
export class ChainCheck {
  readonly #ends: ChainEnds;
  #last: { readonly number: number; readonly hash: string };
  #droppedTo: number | null = null;
  #records = 0;
  #wrong: { readonly firstBad: number | null; readonly problem: string } | undefined;

  constructor(ends: ChainEnds) {
    this.#ends = ends;
    this.#last = ends.dropped.number === 0 ? { number: 0, hash: genesisHash } : ends.dropped;
  }

  /** In order of numbers as they are stored. Answers whether to go on. */
  add(record: AuditRecord): boolean {
    if (this.#wrong !== undefined) return false;
    const problem = this.#problemOf(record);
    if (problem !== null) {
      this.#wrong = { firstBad: this.#last.number + 1, problem };
      return false;
    }
    this.#records += 1;
    this.#last = record;
    if (record.method === droppingMethod) this.#droppedTo = Number(record.target.split('/')[1]);
    return true;
  }

  end(): ChainVerdict {
    const wrong = this.#wrong ?? this.#problemOfEnds();
    return {
      intact: wrong === undefined,
      records: this.#records,
      firstBad: wrong?.firstBad ?? null,
      problem: wrong?.problem ?? '',
      head: { number: this.#last.number, hash: this.#last.hash },
    };
  }

  #problemOf(record: AuditRecord): string | null {
    const expected = this.#last.number + 1;
    if (record.number > expected) {
      return `record ${expected} is missing: after ${this.#last.number} comes ${record.number}`;
    }
    if (record.number < expected) {
      return `record ${expected} is out of place: it says that its number is ${record.number}`;
    }
    if (record.previousHash !== this.#last.hash) {
      return `record ${expected} does not follow the one before it: it was changed, moved, or stands for another`;
    }
    return hashOf(record) === record.hash
      ? null
      : `record ${expected} was changed: its hash is not that of what it says`;
  }

  #problemOfEnds(): { readonly firstBad: number | null; readonly problem: string } | undefined {
    const { head, dropped } = this.#ends;
    if (this.#last.number !== head.number) {
      const firstBad = Math.min(this.#last.number, head.number) + 1;
      return {
        firstBad,
        problem: `record ${firstBad} is missing: the log says that ${head.number} is its newest, and it ends with ${this.#last.number}`,
      };
    }
    if (head.number > 0 && this.#last.hash !== head.hash) {
      return { firstBad: head.number, problem: `record ${head.number} is not the newest one` };
    }
    // What drops records says so in the chain itself, so that nobody cuts off its beginning unseen.
    if (dropped.number > 0 && this.#droppedTo !== dropped.number) {
      return {
        firstBad: dropped.number,
        problem: `records up to ${dropped.number} are missing, and no record says that they were dropped for their age`,
      };
    }
    return undefined;
  }
}
