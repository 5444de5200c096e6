/** How much of all cards was claimed at one moment, in thousandths. */
export interface SeriesPoint {
  readonly atMs: number;
  readonly loggedPermille: number;
  readonly replayedPermille: number;
}

/** Points that a series is thinned out to. */
const pointsMax = 64;

/** Points in time, of which at most 128 are kept: when there are more, every second one goes. The newest stays. */
export class Series {
  #points: SeriesPoint[] = [];
  #newest: SeriesPoint | null = null;
  #stride = 1;
  #skipped = 0;

  add(point: SeriesPoint): void {
    this.#newest = point;
    this.#skipped += 1;
    if (this.#skipped < this.#stride && this.#points.length > 0) return;
    this.#skipped = 0;
    this.#points.push(point);
    if (this.#points.length < 2 * pointsMax) return;
    this.#points = this.#points.filter((_, at) => at % 2 === 0);
    this.#stride *= 2;
  }

  /** In order of time. */
  points(): readonly SeriesPoint[] {
    const last = this.#points.at(-1);
    const open = this.#newest !== null && this.#newest !== last;
    return open && this.#newest !== null ? [...this.#points, this.#newest] : [...this.#points];
  }
}
