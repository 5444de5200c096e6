import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FragmentGauge, typicalShapes } from '../../../../coordinator/simulate/fragment.ts';
import { Random } from '../../../../coordinator/simulate/random.ts';
import { placementNodeOf, rankNodes } from '../../../../coordinator/simulate/trace-cluster.ts';
import { demandOf, RequestSpecs } from '../../../../coordinator/simulate/trace-requests.ts';
import type { Trace } from '../../../../coordinator/simulate/trace.ts';
import { Trial } from '../../../../coordinator/simulate/trial.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import { tickingClock, trace } from './traces.ts';

/** A cluster with an engine, and a gauge that follows it. */
function stage(of: Trace) {
  const nodes = rankNodes(of.nodes, new Random(1, 'nodes')).map(placementNodeOf);
  const demand = demandOf(of.requests);
  const trial = new Trial({ nodes, demand, policy: 'bestfit', seed: 1, clock: tickingClock() });
  const gauge = new FragmentGauge(nodes, typicalShapes(of.requests));
  const specs = new RequestSpecs();
  let asked = 0;
  const place = (at: number): Claim | null => {
    const request = of.requests[at];
    if (request === undefined) throw new Error(`the trace has a request ${at}`);
    asked += 1;
    const claim = trial.submit(specs.requestOf(request, asked));
    if (claim !== null) gauge.add(claim);
    return claim;
  };
  const end = (claim: Claim): void => {
    trial.end(claim);
    gauge.remove(claim);
  };
  return { gauge, place, end, fresh: () => new FragmentGauge(nodes, typicalShapes(of.requests)) };
}

test('typical are the most frequent shapes that make up 95 percent, larger first among equals', () => {
  const rows = [
    ...Array.from({ length: 60 }, (_, at) => `a${at},1000,1,1,500,`),
    ...Array.from({ length: 17 }, (_, at) => `b${at},1000,${at},1,700,`),
    ...Array.from({ length: 17 }, (_, at) => `c${at},2000,1,1,700,`),
    ...Array.from({ length: 3 }, (_, at) => `d${at},9000,1,0,0,`),
    ...Array.from({ length: 3 }, (_, at) => `e${at},1000,1,8,1000,`),
  ];
  const typical = typicalShapes(trace(['n1,64000,65536,4,T4'], rows).requests);
  // 60 + 17 + 17 are 94 of 100; of the two of three requests each, the one with more CPU fills up.
  expect(typical.map(({ request, count }) => [request.cpuMillis, request.gpuMilli, count])).toEqual(
    [
      [1_000, 500, 60],
      [2_000, 700, 17],
      [1_000, 700, 17],
      [9_000, 0, 3],
    ],
  );
});

describe('the fragment of one node with two cards', () => {
  test('is what lies on cards that are too full, or all that is free when nothing fits', () => {
    const { gauge, place, end } = stage(trace(['n1,64000,65536,2,T4'], ['a,1000,1,1,600,']));
    expect(gauge.milli()).toBe(0);
    const first = place(0);
    expect(gauge.milli()).toBe(400);
    place(0);
    expect(gauge.milli()).toBe(800);
    if (first !== null) end(first);
    expect(gauge.milli()).toBe(400);
  });

  test('is everything for a request of CPU, of another model, or of more CPU than is left', () => {
    const rows = ['a,1000,1,1,500,', 'b,1000,1,0,0,', 'c,1000,1,1,500,A10', 'd,63500,1,1,500,'];
    const { gauge, place } = stage(trace(['n1,64000,65536,2,T4'], rows));
    // b and c never fit: two of four typical requests lose all 2000.
    expect(gauge.milli()).toBe(1_000);
    place(0);
    // 1500 are free: a loses nothing, b, c and now d lose all.
    expect(gauge.milli()).toBe((3 * 1_500) / 4);
  });

  test('counts whole cards', () => {
    const { gauge, place } = stage(trace(['n1,64000,65536,4,T4'], ['a,1000,1,3,1000,']));
    expect(gauge.milli()).toBe(0);
    place(0);
    expect(gauge.milli()).toBe(1_000);
  });
});

test('what is followed step by step is what it was at first once everything has left', () => {
  const rows = ['a,1000,1,1,300,', 'b,3000,1,1,700,T4', 'c,500,1,2,1000,', 'd,2000,1,0,0,'];
  const nodes = ['n1,16000,65536,2,T4', 'n2,9000,65536,4,A10', 'n3,64000,65536,0,'];
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 30 }), (picks) => {
      const { gauge, place, end, fresh } = stage(trace(nodes, rows));
      const claims = picks.map(place).filter((claim) => claim !== null);
      const again = fresh();
      for (const claim of claims) again.add(claim);
      expect(gauge.milli()).toBe(again.milli());
      for (const claim of claims.toReversed()) end(claim);
      expect(gauge.milli()).toBe(fresh().milli());
    }),
    { numRuns: 30 },
  );
});
