import { assert } from '../../shared/domain/assert.ts';

/**
 * A value over time: its sum over milliseconds and its greatest that lasted.
 * Invariant: time only goes forward.
 */
export class TimeGauge {
  #value = 0;
  #atMs = 0;
  #area = 0;
  #most = 0;

  get value(): number {
    return this.#value;
  }

  set(value: number, atMs: number): void {
    this.#advance(atMs);
    this.#value = value;
  }

  add(difference: number, atMs: number): void {
    this.set(this.#value + difference, atMs);
  }

  /** Value times milliseconds, from the beginning. */
  areaTo(atMs: number): number {
    this.#advance(atMs);
    return this.#area;
  }

  /** The greatest value that lasted for any time before `atMs`. */
  mostTo(atMs: number): number {
    this.#advance(atMs);
    return this.#most;
  }

  #advance(atMs: number): void {
    const passedMs = atMs - this.#atMs;
    assert(passedMs >= 0, 'time goes forward');
    if (passedMs === 0) return;
    this.#area += this.#value * passedMs;
    this.#most = Math.max(this.#most, this.#value);
    this.#atMs = atMs;
  }
}
