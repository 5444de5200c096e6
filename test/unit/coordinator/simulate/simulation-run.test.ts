import { describe, expect, test } from 'vitest';
import { Pace } from '../../../../coordinator/simulate/pace.ts';
import { simulate, type Workload } from '../../../../coordinator/simulate/simulation-run.ts';
import type { Trace } from '../../../../coordinator/simulate/trace.ts';
import { policyNames, type PolicyName } from '../../../../shared/placement/policies/policy-name.ts';
import { quietPace, tickingClock, trace } from './traces.ts';

const run = (of: Trace, workload: Workload, policy: PolicyName = 'bestfit', seed = 42) =>
  simulate(of, { policy, seed, workload, pace: quietPace(), rssMib: () => 99.6 });

const arrivals = (inflate = 1.3): Workload => ({ kind: 'arrivals', inflate });
const rows = (count: number, row: string): string[] =>
  Array.from({ length: count }, (_, at) => `p${at},${row}`);

const ten = trace(['n1,64000,65536,4,T4', 'n2,64000,65536,6,T4'], rows(10, '1000,64,1,1000,'));

test('ten whole cards and thirteen requests for one: computed by hand', async () => {
  expect((await run(ten, arrivals())).run).toEqual({
    policy: 'bestfit',
    seed: 42,
    allocatedPercent: { 100: 100, 110: 100, 130: 100 },
    fragmentPercent: { 50: 0, 100: 0 },
    decisions: 13,
    placed: 10,
    failed: 3,
    p50Us: 3,
    p99Us: 3,
    p999Us: 3,
    rssMib: 100,
  });
});

test('shares of 600 leave 400 behind on each card: computed by hand', async () => {
  const shares = trace(['n1,64000,65536,2,T4'], rows(3, '1000,64,1,600,'));
  const { run: report, curve } = await run(shares, arrivals());
  // 600 of 2000 at a time arrive four times; the second pair fits nowhere.
  expect(curve).toEqual([
    [30, 30],
    [60, 60],
    [90, 60],
    [120, 60],
  ]);
  expect(report).toMatchObject({
    allocatedPercent: { 100: null, 110: null, 130: null },
    fragmentPercent: { 50: null, 100: null },
    placed: 2,
    failed: 2,
  });
});

test('requests in one bin are averaged: the second share arrives in the bin of the first', async () => {
  const small = trace(['n1,64000,65536,2,T4'], ['a,1000,64,1,4,', 'b,1000,64,1,4,']);
  // 0.2 and 0.4 percent have arrived: both are bin 0.
  expect((await run(small, arrivals(0.004))).curve).toEqual([[0, expect.closeTo(0.3, 10)]]);
});

test('host memory and CPU are limits too', async () => {
  const tight = trace(['n1,2500,100000,4,T4', 'n2,64000,150,4,T4'], rows(8, '1000,100,1,1000,'));
  const { run: report } = await run(tight, arrivals(1));
  // Two by CPU on n1, one by memory on n2.
  expect([report.placed, report.failed]).toEqual([3, 5]);
});

test.for(policyNames.map((policy) => [policy] as const))(
  'with %s, the same seed gives the same result and another seed another order',
  async ([policy]) => {
    const mixed = trace(
      ['n1,16000,65536,2,T4', 'n2,16000,65536,4,A10', 'n3,32000,65536,8,T4'],
      [
        ...rows(12, '1000,64,1,300,'),
        ...rows(6, '2000,64,1,700,T4'),
        ...rows(3, '4000,64,2,1000,'),
        ...rows(4, '3000,64,0,0,'),
      ].map((row, at) => row.replace(/^p\d+/, `p${at}`)),
    );
    const [first, again, other] = await Promise.all([
      run(mixed, arrivals(), policy, 1),
      run(mixed, arrivals(), policy, 1),
      run(mixed, arrivals(), policy, 2),
    ]);
    expect(again).toEqual(first);
    expect(other.curve).not.toEqual(first.curve);
    expect(first.run.placed + first.run.failed).toBe(first.run.decisions);
  },
);

describe('churn', () => {
  test('one card, ten times its load: the loss of a single server, 10/11', async () => {
    const one = trace(['n1,64000,65536,1,T4'], ['p,1000,64,1,1000,']);
    const { run: report, curve } = await run(one, { kind: 'churn', load: 10 });
    expect(curve).toEqual([]);
    expect(report).toMatchObject({
      allocatedPercent: { 100: null, 110: null, 130: null },
      fragmentPercent: { 50: null, 100: null },
      decisions: 30_000,
    });
    // Erlang's formula; 20,000 requests give it to about 0.2.
    expect(Math.abs((report.acceptedGpuPercent ?? 0) - 100 / 11)).toBeLessThan(0.7);
  });

  test('two cards at their load: Erlang B is 2/5', async () => {
    const two = trace(['n1,64000,65536,2,T4'], ['p,1000,64,1,1000,']);
    const { run: report } = await run(two, { kind: 'churn', load: 1 });
    expect(Math.abs((report.acceptedGpuPercent ?? 0) - 60)).toBeLessThan(1.5);
  });

  test('a list without GPU requests has no load', async () => {
    const cpu = trace(['n1,64000,65536,1,T4'], ['p,1000,64,0,0,']);
    await expect(run(cpu, { kind: 'churn', load: 0.9 })).rejects.toThrow(
      'no request of the list asks for a GPU',
    );
  });
});

test('a long run tells how far it is, and ends when it is told to', async () => {
  const many = trace(['n1,64000,65536,64,T4'], rows(2_000, '1,1,1,20,'));
  const told: number[] = [];
  const end = new AbortController();
  const tell = (done: number): void => {
    told.push(done);
    if (told.length === 3) end.abort(new Error('enough'));
  };
  const pace = new Pace(tickingClock(), tell, end.signal);
  await expect(
    simulate(many, { policy: 'firstfit', seed: 1, workload: arrivals(), pace, rssMib: () => 1 }),
  ).rejects.toThrow('enough');
  expect(told.length).toBe(3);
  expect(told.toSorted((a, b) => a - b)).toEqual(told);
});
