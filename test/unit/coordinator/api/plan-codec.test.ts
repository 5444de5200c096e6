import { expect, test } from 'vitest';
import { decodeBudget } from '../../../../coordinator/api/budget-codec.ts';
import { encodePlan } from '../../../../coordinator/api/plan-codec.ts';
import type { Plan, PlanStep } from '../../../../shared/domain/change.ts';
import { parseNodeName, parsePlanId, parseSliceId } from '../../../../shared/domain/ids.ts';
import { valueOf } from '../../../fakes/coordinator/fake-agent.ts';

const node = valueOf(parseNodeName('node-a'));

function textOf(step: PlanStep): string | undefined {
  const plan: Plan = {
    id: valueOf(parsePlanId('plan-1')),
    kind: 'defrag',
    stages: [
      {
        title: 'clear idle slices',
        steps: [step],
        until: 'slices-gone',
        abortsOn: [],
        deadlineSeconds: 600,
      },
    ],
    price: {
      replicasInterrupted: 0,
      interruptions: [],
      seconds: 1,
      estimates: 'stated',
      bytesToFetch: 0,
      strandedBeforeMilli: 0,
      strandedAfterMilli: 0,
      moves: 0,
      preemptions: 0,
    },
    begins: [],
    ends: [],
    unplaced: '',
    basis: {},
  };
  return encodePlan(plan, (on, gpu) => `${gpu} of ${on}`).stages?.[0]?.steps?.[0]?.text;
}

test('a plan says which instances it destroys that others made', () => {
  const step = {
    kind: 'destroy-slice',
    node,
    gpu: 'GPU0',
    placement: { giProfileId: 14, start: 4 },
    shape: '2g.10gb at 4',
  } as const;
  const seen = { gpuInstanceId: 3, layoutRevision: 7 };
  expect(textOf({ ...step, slice: null, seen })).toBe(
    'destroy idle 2g.10gb at 4 on GPU0 of node-a, made by others',
  );
  const slice = valueOf(parseSliceId('ocr.0'));
  expect(textOf({ ...step, slice, seen: null })).toBe('destroy 2g.10gb at 4 on GPU0 of node-a');
});

test('a budget allows only what was asked for', () => {
  const nothing = { interruptionMs: 0, allowPreemption: false, recutIdle: false };
  expect(decodeBudget(null)).toEqual(nothing);
  const wire = { interruptionMs: '0', allowPreemption: false, recutIdle: false };
  expect(decodeBudget(wire)).toEqual(nothing);
  expect(decodeBudget({ ...wire, recutIdle: true })).toEqual({ ...nothing, recutIdle: true });
});
