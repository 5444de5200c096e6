import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeQueue } from '../../../../coordinator/simulate/time-queue.ts';

test('nothing comes next in an empty queue', () => {
  const queue = new TimeQueue<string>();
  expect(queue.nextAt()).toBe(Infinity);
  expect(queue.take()).toBeUndefined();
});

test('items come in order of time, and among equals as they were added', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 200 }), (times) => {
      const queue = new TimeQueue<readonly [number, number]>();
      for (const [order, at] of times.entries()) queue.add(at, [at, order]);
      const taken = times.map(() => queue.take());
      const sorted = [...times.entries()]
        .map(([order, at]) => [at, order])
        .sort(([a = 0, i = 0], [b = 0, j = 0]) => a - b || i - j);
      expect(taken).toEqual(sorted);
      expect(queue.nextAt()).toBe(Infinity);
    }),
  );
});

test('adding and taking may alternate', () => {
  const queue = new TimeQueue<string>();
  queue.add(5, 'e');
  queue.add(1, 'a');
  expect([queue.nextAt(), queue.take()]).toEqual([1, 'a']);
  queue.add(3, 'c');
  queue.add(9, 'i');
  expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([
    'c',
    'e',
    'i',
    undefined,
  ]);
});
