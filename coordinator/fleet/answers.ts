import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeKeys, type AnswerRecord } from '../store/values.ts';
import type { Ledger, LedgerWrite } from './ledger.ts';

/** A call that is done once, however often it arrives: its answer is kept for a while. */
export interface OnceCall<T> {
  /** What the caller drew: 1 to 64 printable ASCII characters. */
  readonly id: string;
  /** Equal exactly when the call is the same: its method, its caller and its request. */
  readonly fingerprint: string;
  /** The answer as bytes that later versions of this program read, too; without the revision that it is written at. */
  readonly encode: (answer: T) => Uint8Array;
}

/** Thrown in place of doing a call again: what was answered the first time. */
export class AnsweredBefore extends Error {
  override readonly name = 'AnsweredBefore';
  readonly answer: Uint8Array;
  /** The store's revision at which the call was done. */
  readonly revision: bigint;

  constructor(answer: Uint8Array, revision: bigint) {
    super('this call was answered before');
    this.answer = answer;
    this.revision = revision;
  }
}

export interface AnswerLimits {
  /** How long an answer is kept. */
  readonly answerKeptMs: number;
  readonly answersMax: number;
  /** Bytes of all kept answers together. */
  readonly answerBytesMax: number;
}

/** What one call forgets at most to make room for its own answer: a transaction has a limit. */
const forgottenPerCallMax = 8;

/** An answer as this leader knows it. */
interface Kept {
  /** Monotonic: since when. Wall clocks of two coordinators differ, and one of them may be set. */
  readonly sinceMs: number;
  readonly bytes: number;
}

/**
 * What was answered lately, by the id that the caller drew.
 * Invariants: an answer is written in the transaction that does what was asked, so there is never one without the other;
 * number, age and bytes are bounded, and the oldest go first; a leader keeps what it found for as long as its own.
 */
export class Answers {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #limits: AnswerLimits;
  /** Keys in the order in which they were written, with their bytes. */
  readonly #kept = new Map<string, Kept>();
  /** Keys that a call which is not written yet makes room by: no other does by the same. */
  readonly #going = new Set<string>();
  #bytes = 0;

  constructor(deps: {
    readonly ledger: Ledger;
    readonly clock: Clock;
    readonly limits: AnswerLimits;
  }) {
    this.#ledger = deps.ledger;
    this.#clock = deps.clock;
    this.#limits = deps.limits;
  }

  /** After the ledger was read anew. */
  reload(): void {
    const known = new Map(this.#kept);
    this.#kept.clear();
    this.#going.clear();
    this.#bytes = 0;
    const rows = this.#ledger.answers.entries();
    rows.sort(([, left], [, right]) => left.atMs - right.atMs);
    for (const [key, record] of rows) this.#note(key, record, known.get(key)?.sinceMs);
  }

  /** What was answered to this very call; null: it is new. Throws REQUEST_ID_REUSED. */
  find(call: Pick<OnceCall<never>, 'id' | 'fingerprint'>): AnsweredBefore | null {
    const key = storeKeys.answer(call.id);
    const row = this.#ledger.answers.get(key);
    const kept = this.#kept.get(key);
    if (row === undefined || kept === undefined || this.#isOld(kept)) return null;
    if (row.value.fingerprint !== call.fingerprint) {
      throw new AppError('REQUEST_ID_REUSED', `the request id ${call.id} came with another call`, {
        hint: 'draw a new id for each new call, and send the same one only to try the same call again',
        facts: { 'request-id': call.id },
      });
    }
    return new AnsweredBefore(Buffer.from(row.value.answer, 'base64'), row.revision);
  }

  /** What belongs into the transaction that does the call, so that it is done and answered at once or not at all. */
  record<T>(call: OnceCall<T> | undefined, answer: T): readonly LedgerWrite[] {
    if (call === undefined) return [];
    const record: AnswerRecord = {
      fingerprint: call.fingerprint,
      answer: Buffer.from(call.encode(answer)).toString('base64'),
      atMs: this.#clock.wallMs(),
    };
    const key = storeKeys.answer(call.id);
    const write = this.#ledger.answers.put(key, record);
    const noted: LedgerWrite = {
      ...write,
      done: (revision) => {
        write.done(revision);
        this.#forgotten(key);
        this.#note(key, record);
      },
    };
    return [noted, ...this.#surplus(key, bytesOf(key, record))];
  }

  /** The writes that forget what is too old. */
  forget(): readonly LedgerWrite[] {
    return this.#forgetWhile((kept) => this.#isOld(kept), Infinity);
  }

  /** Makes room for one more; `coming` may be there already, and is replaced. */
  #surplus(coming: string, bytes: number): readonly LedgerWrite[] {
    let count = this.#kept.size + (this.#kept.has(coming) ? 0 : 1);
    let total = this.#bytes + bytes;
    const { answersMax, answerBytesMax } = this.#limits;
    const isSurplus = (kept: Kept): boolean => {
      if (count <= answersMax && total <= answerBytesMax && !this.#isOld(kept)) return false;
      count -= 1;
      total -= kept.bytes;
      return true;
    };
    return this.#forgetWhile(isSurplus, forgottenPerCallMax, coming);
  }

  #forgetWhile(goes: (kept: Kept) => boolean, most: number, except = ''): readonly LedgerWrite[] {
    const writes: LedgerWrite[] = [];
    for (const [key, kept] of this.#kept) {
      if (key === except || this.#going.has(key)) continue;
      if (writes.length >= most || !goes(kept)) break;
      this.#going.add(key);
      const write = this.#ledger.answers.delete(key);
      writes.push({
        ...write,
        done: (revision) => {
          write.done(revision);
          this.#forgotten(key);
        },
      });
    }
    return writes;
  }

  #note(key: string, record: AnswerRecord, sinceMs = this.#clock.monotonicMs()): void {
    const bytes = bytesOf(key, record);
    this.#kept.set(key, { sinceMs, bytes });
    this.#bytes += bytes;
  }

  #forgotten(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
    this.#going.delete(key);
  }

  #isOld({ sinceMs }: Kept): boolean {
    return this.#clock.monotonicMs() - sinceMs > this.#limits.answerKeptMs;
  }
}

function bytesOf(key: string, record: AnswerRecord): number {
  return key.length + record.fingerprint.length + record.answer.length;
}
