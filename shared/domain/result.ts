/** What a parser, codec or planner answers: bad input is expected there, so it is a value and not an exception. */
export type Result<T, E = Problem> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: E };

/** One thing wrong with an input, told to the person who can mend it. */
export interface Problem {
  /** Stable, machine-readable, UPPER_SNAKE. */
  readonly code: string;
  /** What is wrong, with the offending value. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Where: `spec.gpu.memory`, `line 3`, a file name. */
  readonly path?: string;
}

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(problem: E): { readonly ok: false; readonly problem: E } {
  return { ok: false, problem };
}

/** One line for people: `spec.gpu.memory: 12XB is not a quantity; write 9GiB or 512MiB`. */
export function renderProblem(problem: Problem): string {
  const where = problem.path === undefined ? '' : `${problem.path}: `;
  const hint = problem.hint === undefined ? '' : `; ${problem.hint}`;
  return `${where}${problem.message}${hint}`;
}
