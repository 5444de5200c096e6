/** One measured number beside what it is measured against. */
export interface BenchRow {
  readonly metric: string;
  readonly value: number | string;
  readonly unit: string;
  /** What the same work costs another way, measured in the same run. */
  readonly yardstick: number | string;
  readonly target: number | string;
  readonly ok: boolean;
}

/** What may be asked of a bench. */
export interface BenchOptions {
  /** How many inputs a bench that is fed goes through; undefined: its own number. */
  readonly inputs: number | undefined;
  /** Lists of the public trace, for the packing bench; undefined: all, or a sample with `quick`. */
  readonly lists: readonly string[] | undefined;
  /** Seeds of each run; undefined: the bench's own number. */
  readonly seeds: number | undefined;
  /** A sample that shows that everything works. */
  readonly quick: boolean;
}
