type Call = (...args: never[]) => unknown;
type Calls<Part> = { readonly [Name in keyof Part]: Call };

/** Calls that take nothing: what they answer depends on the records alone. */
type ReadsOf<Part> = {
  [Name in keyof Part]: Part[Name] extends () => unknown ? Name : never;
}[keyof Part] &
  string;

/**
 * The same calls; what `reads` answer is kept until something else is called, which may have changed it. A round asks for the
 * same records many times and seldom writes any; the file is ours alone, so nobody else does. What is answered must not be
 * changed in place.
 */
export function keptReads<Part extends Calls<Part>>(
  part: Part,
  reads: readonly ReadsOf<Part>[],
): Part {
  const kept = new Map<string, unknown>();
  const isRead = new Set<string>(reads);
  const calls = Object.entries<Call>(part).map(([name, call]) => {
    const read = (): unknown => {
      if (!kept.has(name)) kept.set(name, Reflect.apply(call, undefined, []));
      return kept.get(name);
    };
    const other = (...args: readonly unknown[]): unknown => {
      kept.clear();
      return Reflect.apply(call, undefined, args);
    };
    return [name, isRead.has(name) ? read : other];
  });
  // The same names with the same signatures.
  return Object.fromEntries(calls) as Part;
}
