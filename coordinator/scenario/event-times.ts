/** When an event happens, as it was written. */
export interface EventTime {
  readonly name: string | undefined;
  readonly at: number | undefined;
  readonly after: string | undefined;
  readonly delay: number | undefined;
}

/** When it happens: milliseconds from the beginning, or why nobody can tell. */
export type ResolvedTime =
  | { readonly kind: 'at'; readonly atMs: number }
  /** The name that it waits for is no event's. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** It is one of those that wait for each other; the names in order, the first once more at the end. */
  | { readonly kind: 'cycle'; readonly path: readonly string[] }
  /** Something that it waits for, directly or not, has no time; told there. */
  | { readonly kind: 'depends' };

/**
 * The time of each event. Names are unique, and each event has either `at` or `after`. Follows each chain once, in a
 * loop: a chain may be as long as the list.
 */
export function resolveTimes(events: readonly EventTime[]): readonly ResolvedTime[] {
  const byName = new Map<string, number>();
  for (const [at, { name }] of events.entries()) if (name !== undefined) byName.set(name, at);
  const resolved: ResolvedTime[] = [];
  for (const start of events.keys()) {
    const chain: number[] = [];
    const onChain = new Set<number>();
    let next: number | undefined = start;
    while (next !== undefined && resolved[next] === undefined && !onChain.has(next)) {
      chain.push(next);
      onChain.add(next);
      const after: string | undefined = events[next]?.after;
      next = after === undefined ? undefined : byName.get(after);
    }
    if (next !== undefined && resolved[next] === undefined) {
      const cycle = chain.slice(chain.indexOf(next));
      for (const at of cycle) resolved[at] = { kind: 'cycle', path: pathFrom(cycle, at, events) };
    }
    for (const at of chain.toReversed()) resolved[at] ??= timeOf(events, at, { byName, resolved });
  }
  return resolved;
}

function timeOf(
  events: readonly EventTime[],
  at: number,
  known: {
    readonly byName: ReadonlyMap<string, number>;
    readonly resolved: readonly ResolvedTime[];
  },
): ResolvedTime {
  const { at: atMs, after, delay } = events[at] ?? {};
  if (after === undefined) return { kind: 'at', atMs: atMs ?? 0 };
  const before = known.byName.get(after);
  if (before === undefined) return { kind: 'unknown', name: after };
  const first = known.resolved[before];
  return first?.kind === 'at'
    ? { kind: 'at', atMs: first.atMs + (delay ?? 0) }
    : { kind: 'depends' };
}

/** The cycle as seen from one of its events, along `after`. */
function pathFrom(cycle: readonly number[], at: number, events: readonly EventTime[]): string[] {
  const turn = cycle.indexOf(at);
  const order = [...cycle.slice(turn), ...cycle.slice(0, turn), at];
  return order.map((each) => events[each]?.name ?? '');
}
