import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptReads } from '../../../../agent/store/kept-reads.ts';

/** A shelf that counts how often it is looked at. */
function shelf() {
  const things = new Map<string, number>();
  const looks = { all: 0, total: 0 };
  const calls = {
    all: (): readonly string[] => {
      looks.all += 1;
      return [...things.keys()].sort();
    },
    total: (): number => {
      looks.total += 1;
      return [...things.values()].reduce((sum, each) => sum + each, 0);
    },
    put: (name: string, count: number): void => {
      if (count < 0) throw new Error('there is no room');
      things.set(name, count);
    },
    take: (name: string): boolean => things.delete(name),
  };
  return { looks, plain: calls, kept: keptReads(calls, ['all', 'total']) };
}

test('what was read is read once, until something else is called', () => {
  const { looks, kept } = shelf();
  kept.put('a', 1);
  expect([kept.all(), kept.all(), kept.total(), kept.total()]).toEqual([['a'], ['a'], 1, 1]);
  expect(looks).toEqual({ all: 1, total: 1 });
  expect(kept.take('a')).toBe(true);
  expect([kept.all(), kept.total()]).toEqual([[], 0]);
  expect(looks).toEqual({ all: 2, total: 2 });
});

test('a read that fails is tried again, and a write that fails forgets too', () => {
  let broken = true;
  const kept = keptReads(
    {
      read: (): string => {
        if (broken) throw new Error('unreadable');
        return 'read';
      },
      write: (): void => {
        throw new Error('the disk is full');
      },
    },
    ['read'],
  );
  expect(() => kept.read()).toThrow('unreadable');
  broken = false;
  expect(kept.read()).toBe('read');
  broken = true;
  expect(kept.read()).toBe('read');
  expect(() => kept.write()).toThrow('the disk is full');
  expect(() => kept.read()).toThrow('unreadable');
});

test('whatever is called, it answers what the plain calls answer', () => {
  const names = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    fc.record({ call: fc.constant('put' as const), name: names, count: fc.nat(9) }),
    fc.record({ call: fc.constant('take' as const), name: names }),
    fc.record({ call: fc.constantFrom('all' as const, 'total' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { plain, kept } = shelf();
      for (const each of steps) {
        if (each.call === 'put') kept.put(each.name, each.count);
        else if (each.call === 'take') kept.take(each.name);
        else expect(kept[each.call]()).toEqual(plain[each.call]());
      }
    }),
  );
});
