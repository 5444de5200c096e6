/**
 * Numbers of at least 0 in 16 bits: the exponent and the first eight bits of the fraction of an IEEE 754 single, rounded.
 * The relative error is at most 2^-9, a fifth of a percent; whole numbers up to 256 are exact. `noValue` is NaN's.
 */
export const noValue = 0xffff;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** What is below 0 becomes 0, what is beyond a single's range no value. */
export function packValue(value: number): number {
  float[0] = value;
  const read = bits[0] ?? 0;
  if (read >= 0x8000_0000) return Number.isNaN(value) ? noValue : 0;
  return read >= 0x7f80_0000 ? noValue : (read + 0x4000) >>> 15;
}

/** NaN: no value. */
export function unpackValue(packed: number): number {
  if (packed >= 0xff00) return Number.NaN;
  bits[0] = packed << 15;
  return float[0] ?? Number.NaN;
}
