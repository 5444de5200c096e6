import { err, ok, type Problem, type Result } from '../domain/result.ts';

/** What is wrong with one field of a message. Thrown by the readers below, caught by `decoding`, seen by nobody else. */
class WireFault extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Runs a decoder made of the readers below: the first bad field becomes the answer. */
export function decoding<T>(read: () => T): Result<T> {
  try {
    return ok(read());
  } catch (thrown) {
    if (thrown instanceof WireFault) return err(thrown.problem);
    throw thrown;
  }
}

/** The value of an inner decoder, with its problem's path put below `path`. */
export function inner<T>(result: Result<T>, path: string): T {
  if (result.ok) return result.value;
  const below = result.problem.path === undefined ? path : `${path}.${result.problem.path}`;
  throw new WireFault({ ...result.problem, path: below });
}

/** The generated types promise that a message is there; a peer need not keep that promise. */
export function required<T>(value: T | null | undefined, path: string): T {
  if (value === null || value === undefined) throw fault(path, 'is missing');
  return value;
}

/** A whole number of at least 0 that a JS number holds exactly. 64-bit fields arrive as text. */
export function whole(value: string | number | undefined, path: string): number {
  const read = Number(value ?? 0);
  if (!Number.isSafeInteger(read) || read < 0)
    throw fault(path, `${value} is no whole number >= 0`);
  return read;
}

/**
 * Looks an enum's name up. A newer peer's unknown member arrives as a number and an absent one as `*_UNSPECIFIED`:
 * neither is in `table`, so both are told apart from every known member.
 */
export function enumerated<T>(
  table: Readonly<Record<string, T>>,
  value: string | number | undefined,
  path: string,
): T {
  const found = Object.hasOwn(table, String(value)) ? table[String(value)] : undefined;
  if (found === undefined) {
    throw fault(
      path,
      `${value ?? 'nothing'} is not known here`,
      'the peer may be newer: upgrade this side',
    );
  }
  return found;
}

export function oneOf<T extends string>(known: readonly T[], value: string, path: string): T {
  const found = known.find((each) => each === value);
  if (found === undefined)
    throw fault(path, `${JSON.stringify(value)} is not one of ${known.join(', ')}`);
  return found;
}

export function emptyAsNull(value: string): string | null {
  return value === '' ? null : value;
}

export function fault(path: string, message: string, hint?: string): Error {
  return new WireFault({
    code: 'REQUEST_INVALID',
    path,
    message,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The inverse of an enum table: domain word → wire name. */
export function inverted<T extends string, W extends string>(
  table: Readonly<Record<W, T>>,
): (value: T) => W {
  // The table is a bijection by construction: each wire name has one domain word and every word a name.
  const entries = Object.entries(table) as [W, T][];
  const names = new Map(entries.map(([wire, word]) => [word, wire]));
  return (value) => required(names.get(value), value);
}
