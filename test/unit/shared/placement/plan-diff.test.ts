import { expect, test } from 'vitest';
import { planChange } from '../../../../shared/placement/plan-diff.ts';
import { parsePlanId } from '../../../../shared/domain/ids.ts';
import { cardsOf, claim, migShape, mpsShape, node, sure } from './builders.ts';

const id = sure(parsePlanId('plan-1'));
const nodes = [node('a', cardsOf('a', ['A100-40GB', 'L40S']))];
const oldOne = claim('old', 'a', [[1, mpsShape(30_000, 60)]]);
const small = claim('small', 'a', [[1, mpsShape(4_096, 8)]]);
const large = claim('large', 'a', [[1, mpsShape(40_000, 80)]]);
const cut = claim('cut', 'a', [[0, migShape('A100-40GB', '1g.5gb', 6)]]);

test('a new MIG replica: switch, cut, start', () => {
  expect(
    planChange({
      id,
      starts: [cut],
      stops: [],
      snapshot: { nodes, claims: [] },
      basis: { x: '7' },
    }),
  ).toEqual({
    id,
    stages: [
      {
        title: 'make slices',
        until: 'slices-ready',
        steps: [
          { kind: 'set-mode', node: 'a', gpu: 'GPU-a-0', mode: 'mig' },
          { kind: 'create-slice', node: 'a', gpu: 'GPU-a-0', slice: 'cut.0', shape: '1g.5gb at 6' },
        ],
      },
      {
        title: 'start replicas',
        until: 'replicas-ready',
        steps: [{ kind: 'start-replica', node: 'a', replica: 'm-cut' }],
      },
    ],
    price: { replicasInterrupted: 0, seconds: 31 },
    unplaced: '',
    basis: { x: '7' },
  });
});

test('a replacement that fits beside the old one starts before that stops', () => {
  const plan = planChange({
    id,
    starts: [small],
    stops: [oldOne],
    snapshot: { nodes, claims: [oldOne] },
    basis: {},
  });
  expect(plan.stages.map(({ title }) => title)).toEqual([
    'make slices',
    'start replicas',
    'stop replicas',
    'give slices back',
  ]);
  expect(plan.price).toEqual({ replicasInterrupted: 1, seconds: 32 });
});

test('a replacement that needs the room of the old one waits until that is gone', () => {
  const plan = planChange({
    id,
    starts: [large],
    stops: [oldOne],
    snapshot: { nodes, claims: [oldOne] },
    basis: {},
  });
  expect(plan.stages.map(({ title, until }) => [title, until])).toEqual([
    ['stop replicas', 'replicas-stopped'],
    ['give slices back', 'slices-gone'],
    ['make slices', 'slices-ready'],
    ['start replicas', 'replicas-ready'],
  ]);
});

test('the mode of a card is set once, and not where it is in use already', () => {
  const second = claim('second', 'a', [[1, mpsShape(2_048, 4)]]);
  const third = claim('third', 'a', [[0, mpsShape(2_048, 4)]]);
  const fourth = claim('fourth', 'a', [[0, mpsShape(2_048, 4)]]);
  const plan = planChange({
    id,
    starts: [second, third, fourth],
    stops: [],
    snapshot: { nodes, claims: [small] },
    basis: {},
  });
  const steps = plan.stages.flatMap((stage) => stage.steps);
  expect(steps.filter(({ kind }) => kind === 'set-mode')).toEqual([
    { kind: 'set-mode', node: 'a', gpu: 'GPU-a-0', mode: 'mps' },
  ]);
});

test('nothing to do is an empty plan that costs nothing', () => {
  expect(
    planChange({ id, starts: [], stops: [], snapshot: { nodes, claims: [] }, basis: {} }),
  ).toEqual({
    id,
    stages: [],
    price: { replicasInterrupted: 0, seconds: 0 },
    unplaced: '',
    basis: {},
  });
});

test('the order of claims changes no plan', () => {
  const snapshot = { nodes, claims: [oldOne] };
  const plan = (starts: (typeof cut)[]) =>
    planChange({ id, starts, stops: [oldOne], snapshot, basis: {} });
  expect(plan([cut, small])).toEqual(plan([small, cut]));
});
