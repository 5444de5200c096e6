import { describe, expect, test } from 'vitest';
import { arrivalOrder } from '../../../../coordinator/simulate/arrival-order.ts';
import { Random } from '../../../../coordinator/simulate/random.ts';
import { gpuMilliOf, type TraceRequest } from '../../../../coordinator/simulate/trace.ts';
import { trace } from './traces.ts';

const nodes = ['n1,64000,65536,4,T4'];
const whole = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `p${at},100,100,1,1000,`);

const order = (requests: readonly string[], inflate: number, seed = 42): TraceRequest[] =>
  arrivalOrder(trace(nodes, requests), inflate, new Random(seed, 'arrivals'));

const names = (arrivals: readonly TraceRequest[]): string[] => arrivals.map(({ name }) => name);

test('everything on the list arrives once, in an order of the seed, before clones do', () => {
  const arrivals = order(whole(4), 2);
  expect(names(arrivals).slice(0, 4).sort()).toEqual(['p0', 'p1', 'p2', 'p3']);
  expect(arrivals.length).toBe(8);
  expect(names(order(whole(4), 2))).toEqual(names(arrivals));
  expect(names(order(whole(4), 2, 43))).not.toEqual(names(arrivals));
});

test('the order of the file does not matter', () => {
  expect(names(order(whole(4).reverse(), 2))).toEqual(names(order(whole(4), 2)));
});

describe('arrivals end before they would pass the factor', () => {
  const cases = [
    { inflate: 1, milli: 4_000 },
    { inflate: 1.3, milli: 5_000 },
    { inflate: 1.49, milli: 5_000 },
    { inflate: 1.5, milli: 6_000 },
  ];
  test.for(cases)('$inflate', ({ inflate, milli }) => {
    const asked = order(whole(4), inflate).reduce((sum, each) => sum + gpuMilliOf(each), 0);
    expect(asked).toBe(milli);
  });
});

test('a list that asks for more already loses requests, and the rest keeps its order', () => {
  const all = names(order(whole(12), 3));
  const arrivals = names(order(whole(12), 1.3));
  expect(arrivals.length).toBe(5);
  expect(all.filter((name) => arrivals.includes(name))).toEqual(arrivals);
});

test('a list without GPU requests never gets there, and says so', () => {
  expect(() => order(['p1,100,100,0,0,'], 1.3)).toThrow('no request of the list asks for a GPU');
});

test('a list that is tiny beside the cluster ends too', () => {
  const many = Array.from({ length: 400 }, (_, at) => `n${at},64000,65536,64,T4`);
  const tiny = trace(many, ['p1,0,0,1,1,']);
  expect(() => arrivalOrder(tiny, 1.3, new Random(1, 'arrivals'))).toThrow(
    'more than 5000000 requests would have to arrive',
  );
});
