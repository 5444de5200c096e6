import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveTimes, type EventTime } from '../../../../coordinator/scenario/event-times.ts';

const at = (name: string, atMs: number): EventTime => ({
  name,
  at: atMs,
  after: undefined,
  delay: undefined,
});
const after = (name: string, before: string, delay?: number): EventTime => ({
  name,
  at: undefined,
  after: before,
  delay,
});

const cases: readonly {
  readonly name: string;
  readonly events: readonly EventTime[];
  readonly want: readonly unknown[];
}[] = [
  {
    name: 'an event follows another, wherever it is written',
    events: [after('c', 'b', 5), after('b', 'a'), at('a', 10)],
    want: [15, 10, 10].map((atMs) => ({ kind: 'at', atMs })),
  },
  {
    name: 'an event that waits for itself is a cycle of one',
    events: [after('a', 'a')],
    want: [{ kind: 'cycle', path: ['a', 'a'] }],
  },
  {
    name: 'each event of a cycle tells it from its own place, and what hangs on it only depends',
    events: [after('x', 'a'), after('a', 'b'), after('b', 'c'), after('c', 'a')],
    want: [
      { kind: 'depends' },
      { kind: 'cycle', path: ['a', 'b', 'c', 'a'] },
      { kind: 'cycle', path: ['b', 'c', 'a', 'b'] },
      { kind: 'cycle', path: ['c', 'a', 'b', 'c'] },
    ],
  },
  {
    name: 'a name that nobody has is told where it is used, not further down',
    events: [after('a', 'nobody'), after('b', 'a')],
    want: [{ kind: 'unknown', name: 'nobody' }, { kind: 'depends' }],
  },
];

test.for(cases)('$name', ({ events, want }) => {
  expect(resolveTimes(events)).toEqual(want);
});

test('a chain as long as the list needs no deep stack', () => {
  const events = Array.from({ length: 10_000 }, (_, each) =>
    each === 9_999 ? at('e9999', 1) : after(`e${each}`, `e${each + 1}`, 1),
  );
  expect(resolveTimes(events)[0]).toEqual({ kind: 'at', atMs: 10_000 });
});

test('every event has a time, or its chain ends in a cycle or an unknown name', () => {
  const link = fc.array(fc.integer({ min: -1, max: 12 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(link, (links) => {
      const events = links.map((to, each) =>
        to < 0 ? at(`e${each}`, each) : after(`e${each}`, `e${to}`, 1),
      );
      const resolved = resolveTimes(events);
      expect(resolved).toHaveLength(events.length);
      for (const [each, time] of resolved.entries()) {
        let [place, steps] = [each, 0];
        while ((links[place] ?? -1) >= 0 && steps <= links.length && place < links.length) {
          place = links[place] ?? -1;
          steps += 1;
        }
        const ends = place < links.length && (links[place] ?? -1) < 0;
        expect(time.kind === 'at').toBe(ends);
        if (time.kind === 'at') expect(time.atMs).toBe(place + steps);
      }
    }),
  );
});
