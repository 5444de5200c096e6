import { expect, test } from 'vitest';
import { idleSeconds, type QuietMs } from '../../../../agent/reconcile/idle.ts';
import { gpuA } from '../../../fakes/agent/fake-core.ts';
import { bound, inputOf, recordOf, running } from '../../../fakes/agent/plan-world.ts';
import { shapes, slice } from '../../../fakes/agent/targets.ts';

const left = slice('vad.0', gpuA, shapes.half(0));
const right = slice('vad.1', gpuA, shapes.half(4));
const run = running('vad', { startedAtMs: 1_000 });

/** `vad` on two instances, one of which may not be measured. */
const two = inputOf({
  running: [run],
  bindings: [
    bound(left, 'MIG-0', { gpuInstanceId: 1 }),
    bound(right, 'MIG-4', { gpuInstanceId: 2 }),
  ],
  records: [recordOf('vad', [left, right])],
});

function idle(quiet: Readonly<Record<number, number>>, wallMs = 10_000_000): number | null {
  const quietMs: QuietMs = (_gpu, gpuInstanceId) => quiet[gpuInstanceId ?? 0] ?? null;
  return idleSeconds(two, run, { quietMs, wallMs });
}

test.for([
  ['as long as its busiest slice has been quiet', { 1: 700_000, 2: 65_000 }, 60],
  ['not at all while one of them computes', { 1: 700_000, 2: 0 }, 0],
  ['not for less than ten seconds', { 1: 9_999, 2: 9_999 }, 0],
  ['for an hour at the most', { 1: 9_000_000, 2: 9_000_000 }, 3_600],
  ['nobody knows how long when a slice is not measured', { 1: 700_000 }, null],
] as const)('a replica is idle %s', ([, quiet, want]) => {
  expect(idle(quiet)).toBe(want);
});

test('a slice that was quiet before the replica began does not make it idle', () => {
  expect(idle({ 1: 900_000, 2: 900_000 }, 32_000)).toBe(30);
  // The wall clock was set back.
  expect(idle({ 1: 900_000, 2: 900_000 }, 500)).toBe(0);
});

test('of a replica on CPU nobody knows', () => {
  const input = inputOf({ running: [run], records: [recordOf('vad', [])] });
  expect(idleSeconds(input, run, { quietMs: () => 60_000, wallMs: 90_000 })).toBeNull();
});
