import { AppError } from '../../../shared/platform/errors.ts';
import type { GpuRow } from '../../formats/csv/gpu-query.ts';

/** So many samples in a row that lack a card: it is gone, not late. */
const partialsMax = 3;
/** A loop that was held up prints what it missed at once; more than this is a loop gone wild. */
const samplesBehindMax = 20;
const complaintsShownMax = 200;

/** What an ordinary query has just told: the cards of a whole sample, and complaints that every look repeats. */
export interface ExpectedCards {
  readonly cards: readonly string[];
  readonly complaints: readonly string[];
}

export interface GatherRules {
  readonly expected: ExpectedCards;
  readonly periodMs: number;
  /** Rows may come, and still no whole sample: after this the loop is taken for hung. */
  readonly stallMs: number;
}

/** Indices may move and masked UUIDs may repeat: together they tell cards apart. */
export function cardKey(row: Pick<GpuRow, 'index' | 'uuid'>): string {
  return `${row.index} ${row.uuid}`;
}

/** The same complaint from another line is the same. */
function complaintKey(complaint: string): string {
  return complaint.replace(/^line \d+: /, '');
}

/**
 * Rows of the sampling loop become samples of all cards. The loop has no marks between samples, so they are told apart by
 * the cards: a sample ends when every expected card has spoken, or when one speaks again.
 * Invariants: a card stands once in a sample; a loop that prints anything else than its rows, rows without ever a whole
 * sample, or far too many of them, is an error.
 */
export class SampleGatherer {
  readonly #rules: GatherRules;
  readonly #expected: ReadonlySet<string>;
  readonly #known: ReadonlySet<string>;
  #rows = new Map<string, GpuRow>();
  #wholeAtMs: number;
  #partials = 0;
  #flood: { readonly sinceMs: number; lines: number };

  constructor(rules: GatherRules, nowMs: number) {
    this.#rules = rules;
    this.#expected = new Set(rules.expected.cards);
    this.#known = new Set(rules.expected.complaints.map(complaintKey));
    this.#wholeAtMs = nowMs;
    this.#flood = { sinceMs: nowMs, lines: 0 };
  }

  /** Takes one row; answers a sample that is now complete. Throws OUTPUT_UNREADABLE, PROCESS_TIMEOUT, PROCESS_FAILED. */
  row(row: GpuRow, nowMs: number): readonly GpuRow[] | null {
    this.#watch(nowMs);
    const key = cardKey(row);
    if (!this.#expected.has(key)) {
      throw new AppError('OUTPUT_UNREADABLE', `the sampling nvidia-smi told of a new card ${key}`);
    }
    if (this.#rows.has(key)) {
      const partial = this.#take();
      this.#rows.set(key, row);
      this.#partials += 1;
      if (this.#partials >= partialsMax) {
        throw new AppError(
          'OUTPUT_UNREADABLE',
          `the sampling nvidia-smi tells of ${partial.length} cards where there were ${this.#expected.size}`,
        );
      }
      return partial;
    }
    this.#rows.set(key, row);
    if (this.#rows.size < this.#expected.size) return null;
    this.#wholeAtMs = nowMs;
    this.#partials = 0;
    return this.#take();
  }

  /** Takes a line that is no row. One that an ordinary query printed, too, says nothing new. */
  complaint(words: string, nowMs: number): void {
    this.#watch(nowMs);
    if (this.#known.has(complaintKey(words))) return;
    throw new AppError('OUTPUT_UNREADABLE', 'the sampling nvidia-smi lost a card', {
      cause: new Error(words.slice(0, complaintsShownMax)),
    });
  }

  #take(): readonly GpuRow[] {
    const sample = [...this.#rows.values()];
    this.#rows = new Map();
    return sample;
  }

  #watch(nowMs: number): void {
    const { periodMs, stallMs } = this.#rules;
    if (nowMs - this.#wholeAtMs > stallMs) {
      throw new AppError(
        'PROCESS_TIMEOUT',
        `the sampling nvidia-smi prints, but no sample of all cards for ${stallMs} ms`,
      );
    }
    if (nowMs - this.#flood.sinceMs >= periodMs) this.#flood = { sinceMs: nowMs, lines: 0 };
    this.#flood.lines += 1;
    const linesASample = Math.max(1, this.#expected.size + this.#known.size);
    if (this.#flood.lines > linesASample * samplesBehindMax) {
      throw new AppError(
        'PROCESS_FAILED',
        `the sampling nvidia-smi printed ${this.#flood.lines} lines within ${periodMs} ms`,
      );
    }
  }
}
