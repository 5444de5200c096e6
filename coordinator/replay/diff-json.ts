/** One place in which two values differ. */
export interface Difference {
  /** `claim.slices.0.shape.start`. */
  readonly path: string;
  /** As JSON. Empty: it is not there. */
  readonly before: string;
  readonly after: string;
}

/** More than this is no help to a reader. */
const differencesMax = 50;

/** Where two JSON values differ, in the order of their keys; at most 50 places. */
export function diffJson(before: unknown, after: unknown): readonly Difference[] {
  const found: Difference[] = [];
  collect(before, after, { path: [], found });
  return found;
}

function collect(
  before: unknown,
  after: unknown,
  at: { readonly path: readonly string[]; readonly found: Difference[] },
): void {
  if (at.found.length >= differencesMax) return;
  if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      collect(before[key], after[key], { ...at, path: [...at.path, key] });
    }
    return;
  }
  const texts = { before: textOf(before), after: textOf(after) };
  if (texts.before !== texts.after) at.found.push({ path: at.path.join('.'), ...texts });
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
