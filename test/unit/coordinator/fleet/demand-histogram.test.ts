import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DemandHistogram } from '../../../../coordinator/fleet/demand-histogram.ts';
import type { Demand } from '../../../../shared/placement/engine.ts';
import { model, needs } from '../../shared/placement/builders.ts';

const small = model('small', needs({ memoryMib: 1_000 }));
const large = model('large', needs({ memoryMib: 40_000 }));
const cpuOnly = model('cpu', null, { workload: { cpuMillis: 500, memoryMib: 64 } });

function shares(demand: Demand | null): Record<string, number> | null {
  if (demand === null) return null;
  return Object.fromEntries(
    demand.shapes.map(({ gpu, weight }) => [String(gpu?.memoryMib ?? 'cpu'), weight]),
  );
}

test('requests are counted by what they ask for, whatever the models are called', () => {
  const histogram = new DemandHistogram(100);
  histogram.add(small);
  histogram.add(model('other', needs({ memoryMib: 1_000 })));
  histogram.add(large);
  histogram.add(cpuOnly);
  expect(histogram.takeMoved()).toEqual({
    shapes: [
      { gpu: small.gpu, cpuMillis: 0, memoryMib: 0, weight: 500_000 },
      { gpu: large.gpu, cpuMillis: 0, memoryMib: 0, weight: 250_000 },
      { gpu: null, cpuMillis: 500, memoryMib: 64, weight: 250_000 },
    ],
  });
});

test('it is told once, and again only when it has moved by more than 2 %', () => {
  const histogram = new DemandHistogram(10_000);
  for (let at = 0; at < 200; at += 1) histogram.add(small);
  expect(shares(histogram.takeMoved())).toEqual({ 1000: 1_000_000 });
  expect(histogram.takeMoved()).toBeNull();
  // 2 of 202 are 1 % less of the one and 1 % more of the other.
  histogram.add(large);
  histogram.add(large);
  expect(histogram.takeMoved()).toBeNull();
  histogram.add(large);
  expect(shares(histogram.takeMoved())).toEqual({ 1000: 985_221, 40000: 14_778 });
});

test('after a half-life of requests a request counts half', () => {
  const histogram = new DemandHistogram(10);
  for (let at = 0; at < 10; at += 1) histogram.add(small);
  for (let at = 0; at < 5; at += 1) histogram.add(large);
  expect(shares(histogram.takeMoved())).toEqual({ 1000: 500_000, 40000: 500_000 });
  for (let at = 0; at < 200; at += 1) histogram.add(large);
  expect(shares(histogram.takeMoved())).toEqual({ 40000: 1_000_000 });
});

test('what is declared stands in until requests come, and for no more than a half-life of them', () => {
  const histogram = new DemandHistogram(10);
  histogram.seed([
    { ...small, replicas: 900 },
    { ...large, replicas: 300 },
    { ...cpuOnly, replicas: 0 },
  ]);
  expect(shares(histogram.takeMoved())).toEqual({ 1000: 750_000, 40000: 250_000 });
  for (let at = 0; at < 10; at += 1) histogram.add(large);
  expect(shares(histogram.takeMoved())?.['40000']).toBeGreaterThan(600_000);
});

test('nothing asked and nothing declared is no demand', () => {
  const histogram = new DemandHistogram(10);
  histogram.seed([]);
  expect(histogram.takeMoved()).toBeNull();
});

test('at most 128 shapes of whole weights are told, the same for the same requests', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 600 }),
      fc.integer({ min: 10, max: 200 }),
      (sizes, halfLife) => {
        const histograms = [new DemandHistogram(halfLife), new DemandHistogram(halfLife)];
        const told = histograms.map((histogram) => {
          for (const memoryMib of sizes) histogram.add(model('m', needs({ memoryMib })));
          return histogram.takeMoved();
        });
        expect(told[0]).toEqual(told[1]);
        const shapes = told[0]?.shapes ?? [];
        expect(shapes.length).toBeLessThanOrEqual(128);
        expect(shapes.every(({ weight }) => Number.isSafeInteger(weight) && weight > 0)).toBe(true);
        expect(shapes.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(1_000_000);
        expect(sizes.length === 0 || shapes.length > 0).toBe(true);
      },
    ),
  );
});
