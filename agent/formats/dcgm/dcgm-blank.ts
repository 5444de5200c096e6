/**
 * Values that DCGM prints in the place of none: blank, not found, not supported, not permitted
 * (`dcgmlib/dcgm_structs.h`, `DCGM_*_BLANK` and the three after it). They leak into every output.
 */
const blanks = new Set<number>([
  ...range(0x7ffffff0),
  ...range(140_737_488_355_328),
  // int64, 2^63 - 16 and the three after it: a double cannot tell them from 2^63.
  2 ** 63,
]);
const blankText = /^(?:<<<[A-Z_]+>>>|N\/A|Not Specified|)$/;
const blankInteger =
  /^(?:922337203685477579[2-5]|214748363[2-5]|14073748835532[89](?:\.0+)?|14073748835533[01](?:\.0+)?)$/;

/** Whether a word of DCGM's says nothing. */
export function isDcgmBlank(raw: string): boolean {
  const word = raw.trim();
  return word.length < 64 && (blankText.test(word) || blankInteger.test(word));
}

/** A word of DCGM's: a number where it is one, null where it says nothing, else the text. */
export function dcgmValue(raw: string): string | number | null {
  const word = raw.trim();
  if (isDcgmBlank(word)) return null;
  return /^-?\d{1,20}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?$/i.test(word) ? Number(word) : word;
}

/** A JSON value of DCGM's with every blank in it made null. `depthMax` ends what no tool prints. */
export function withoutBlanks(value: unknown, depthMax = 64): unknown {
  if (typeof value === 'string') return isDcgmBlank(value) ? null : value;
  if (typeof value === 'number') return blanks.has(value) ? null : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depthMax === 0) return null;
  if (Array.isArray(value)) return value.map((each) => withoutBlanks(each, depthMax - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutBlanks(each, depthMax - 1)]),
  );
}

function range(first: number): number[] {
  return [0, 1, 2, 3].map((step) => first + step);
}
