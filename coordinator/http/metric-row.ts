/** One metric of the page with all its values. Labels are bounded: no row grows with nodes or models. */
export interface MetricRow {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly label: string | null;
  /** Label value to number; the key is ignored where there is no label. */
  readonly values: Readonly<Record<string, number>>;
}
