import { expect, test } from 'vitest';
import type { Claim } from '../../../../shared/domain/claim.ts';
import type { Estimates } from '../../../../shared/domain/estimates.ts';
import { statedEstimates } from '../../../../shared/domain/estimates.ts';
import { parseModelName, parsePlanId, type ReplicaId } from '../../../../shared/domain/ids.ts';
import type { PlacementSnapshot } from '../../../../shared/placement/engine.ts';
import { planChange, type PlanInput } from '../../../../shared/placement/plan-diff.ts';
import { cardsOf, claim, migShape, mpsShape, node, sure } from './builders.ts';

const id = sure(parsePlanId('plan-1'));
const nodes = [node('a', cardsOf('a', ['A100-40GB', 'L40S']))];
const oldOne = claim('old', 'a', [[1, mpsShape(30_000, 60)]]);
const small = claim('small', 'a', [[1, mpsShape(4_096, 8)]]);
const large = claim('large', 'a', [[1, mpsShape(40_000, 80)]]);
const cut = claim('cut', 'a', [[0, migShape('A100-40GB', '1g.5gb', 6)]]);
const empty: PlacementSnapshot = { nodes, claims: [] };

/** `starts` begin and `stops` end; the first of each are the two sides of one move. */
function planned(
  starts: readonly Claim[],
  stops: readonly Claim[],
  changes: Partial<PlanInput> = {},
) {
  return planChange({
    id,
    kind: 'apply',
    starts,
    stops,
    snapshot: { nodes, claims: stops },
    replaces: linked(starts[0], stops[0]),
    estimates: statedEstimates,
    imageOf: () => null,
    why: new Map(),
    unplaced: '',
    basis: {},
    ...changes,
  });
}

function linked(
  next: Claim | undefined,
  old: Claim | undefined,
): ReadonlyMap<ReplicaId, ReplicaId> {
  if (next?.holder.kind !== 'replica' || old?.holder.kind !== 'replica') return new Map();
  return new Map([[next.holder.replica, old.holder.replica]]);
}

test('a new MIG replica: switch, cut, start', () => {
  expect(planned([cut], [], { basis: { x: '7' } })).toEqual({
    id,
    kind: 'apply',
    stages: [
      {
        title: 'make slices',
        until: 'slices-ready',
        steps: [
          { kind: 'set-mode', node: 'a', gpu: 'GPU-a-0', mode: 'mig' },
          { kind: 'create-slice', node: 'a', gpu: 'GPU-a-0', slice: 'cut.0', shape: '1g.5gb at 6' },
        ],
        abortsOn: [
          'claim-moved-on',
          'layout-moved-on',
          'node-unavailable',
          'card-failed',
          'deadline',
        ],
        deadlineSeconds: 710,
      },
      {
        title: 'start replicas',
        until: 'replicas-ready',
        steps: [{ kind: 'start-replica', node: 'a', replica: 'm-cut', replaces: null }],
        abortsOn: [
          'claim-moved-on',
          'replica-failed',
          'node-unavailable',
          'card-failed',
          'deadline',
        ],
        deadlineSeconds: 800,
      },
    ],
    price: {
      replicasInterrupted: 0,
      interruptions: [],
      seconds: 31,
      estimates: 'stated',
      bytesToFetch: null,
      // Two idle cards, all of which can be used; then 875 of one are free, and 750, 750, 500 and 0 of them usable.
      strandedBeforeMilli: 0,
      strandedAfterMilli: 375,
      moves: 0,
      preemptions: 0,
    },
    begins: [cut],
    ends: [],
    unplaced: '',
    basis: { x: '7' },
  });
});

test('a replacement that fits beside the old one starts before that stops, and nobody notices', () => {
  const plan = planned([small], [oldOne]);
  expect(plan.stages.map(({ title }) => title)).toEqual([
    'make slices',
    'start replicas',
    'stop replicas',
    'give slices back',
  ]);
  expect(plan.price).toMatchObject({ replicasInterrupted: 0, seconds: 32, moves: 1 });
});

test('a replacement that needs the room of the old one waits until that is gone, and that is its price', () => {
  const plan = planned([large], [oldOne]);
  expect(plan.stages.map(({ title, until }) => [title, until])).toEqual([
    ['stop replicas', 'replicas-stopped'],
    ['give slices back', 'slices-gone'],
    ['make slices', 'slices-ready'],
    ['start replicas', 'replicas-ready'],
  ]);
  expect(plan.price.interruptions).toEqual([
    {
      replica: 'm-old',
      model: 'm',
      seconds: 42,
      why: 'its successor has no room beside it',
    },
  ]);
});

test('a replica that ends without a successor is interrupted for good', () => {
  const why = new Map([...linked(oldOne, oldOne).keys()].map((each) => [each, 'scaled down']));
  expect(planned([], [oldOne], { why }).price.interruptions).toEqual([
    { replica: 'm-old', model: 'm', seconds: null, why: 'scaled down' },
  ]);
});

test.for<{ name: string; changes: Partial<Estimates>; want: object }>([
  { name: 'stated', changes: {}, want: { seconds: 31, estimates: 'stated', bytesToFetch: null } },
  {
    name: 'learned for this model',
    changes: {
      starts: new Map([[sure(parseModelName('m')), { seconds: 90, source: 'learned' }]]),
      fetchBytes: new Map([[sure(parseModelName('m')), 5_000]]),
    },
    want: { seconds: 101, estimates: 'mixed', bytesToFetch: 5_000 },
  },
])('the price follows the estimates: $name', ({ changes, want }) => {
  const estimates = { ...statedEstimates, ...changes };
  expect(planned([cut], [], { estimates }).price).toMatchObject(want);
});

test('nothing is fetched where the image is, or where the model runs already', () => {
  const has = node('a', cardsOf('a', ['A100-40GB', 'L40S']), { images: ['app:1'] });
  const withImage = planned([cut], [], {
    snapshot: { nodes: [has], claims: [] },
    imageOf: () => 'app:1',
  });
  expect(withImage.price.bytesToFetch).toBe(0);
  expect(planned([small], [oldOne]).price.bytesToFetch).toBe(0);
});

test('the mode of a card is set once, and not where it is in use already', () => {
  const second = claim('second', 'a', [[1, mpsShape(2_048, 4)]]);
  const third = claim('third', 'a', [[0, mpsShape(2_048, 4)]]);
  const fourth = claim('fourth', 'a', [[0, mpsShape(2_048, 4)]]);
  const plan = planned([second, third, fourth], [], { snapshot: { nodes, claims: [small] } });
  const steps = plan.stages.flatMap((stage) => stage.steps);
  expect(steps.filter(({ kind }) => kind === 'set-mode')).toEqual([
    { kind: 'set-mode', node: 'a', gpu: 'GPU-a-0', mode: 'mps' },
  ]);
});

test('nothing to do is an empty plan that costs nothing', () => {
  const plan = planned([], [], { snapshot: empty });
  expect(plan.stages).toEqual([]);
  expect(plan.price).toMatchObject({ replicasInterrupted: 0, seconds: 0, bytesToFetch: 0 });
});

test('the order of claims changes no plan', () => {
  const plan = (starts: readonly Claim[]) =>
    planned(starts, [oldOne], { replaces: new Map() }).stages;
  expect(plan([cut, small])).toEqual(plan([small, cut]));
});
