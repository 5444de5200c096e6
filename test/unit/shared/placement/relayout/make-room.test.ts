import { expect, test } from 'vitest';
import {
  needs,
  cardsOf,
  claim,
  gpu,
  instance,
  migShape,
  model,
  mpsShape,
  node,
} from '../builders.ts';
import { lintPlan } from '../../../../../shared/placement/relayout/lint-plan.ts';
import type { RelayoutBudget } from '../../../../../shared/placement/relayout/budget.ts';
import type { AllocationName } from '../../../../../shared/domain/ids.ts';
import type { ModelSpec } from '../../../../../shared/domain/model.ts';
import {
  asMig,
  asShare,
  factsOf,
  planIn,
  roomFor,
  stageSet,
  toldStages,
  type StageSet,
} from './stage-set.ts';

const a30s = (names: readonly string[]) => names.map((name) => node(name, cardsOf(name, ['A30'])));
const never = { disruption: { kind: 'never' } } as const;
const seconds60 = { disruption: { kind: 'budget', seconds: 60 } } as const;

interface Case {
  readonly name: string;
  readonly set: StageSet;
  readonly wanted: ModelSpec;
  readonly budget?: Partial<RelayoutBudget>;
  readonly want: readonly string[];
  readonly price: object;
}

const ocr = asMig('ocr', 5_000);
const asr = asMig('asr', 5_000);
const half = asMig('half', 10_000);

const cases: readonly Case[] = [
  {
    name: 'an idle instance in the way is cut anew: nobody notices',
    set: stageSet(
      [
        node('a', [
          gpu('a', 0, 'A30', {
            migEnabled: true,
            mode: 'mig',
            instances: [instance('A30', '1g.6gb', 1)],
          }),
        ]),
      ],
      [{ spec: half, node: 'a', at: [[0, migShape('A30', '2g.12gb', 2)]] }],
    ),
    wanted: asMig('big', 11_000),
    want: [
      'clear idle slices: 1g.6gb at 1 on GPU-a-0',
      'make slices: 2g.12gb at 0 on GPU-a-0',
      'start replicas: big-wanted on a',
    ],
    price: { replicasInterrupted: 0, moves: 0, preemptions: 0 },
  },
  {
    name: 'a slice moves to another start of its card',
    set: stageSet(a30s(['a']), [
      { spec: ocr, node: 'a', at: [[0, migShape('A30', '1g.6gb', 0)]] },
      { spec: asr, node: 'a', at: [[0, migShape('A30', '1g.6gb', 2)]] },
    ]),
    wanted: half,
    want: [
      'make slices: 1g.6gb at 3 on GPU-a-0',
      'start replicas: ocr-new-1 on a',
      'stop replicas: ocr-0',
      'give slices back: 1g.6gb at 0 on GPU-a-0',
      'make slices: 2g.12gb at 0 on GPU-a-0',
      'start replicas: half-wanted on a',
    ],
    price: { replicasInterrupted: 0, moves: 1, seconds: 53, bytesToFetch: null },
  },
  {
    name: 'two replicas leave a card for a third',
    set: stageSet(
      [...a30s(['a']), node('b', cardsOf('b', ['T4']))],
      [
        { spec: asShare('ocr', 6_000), node: 'a', at: [[0, mpsShape(6_000, 10)]] },
        { spec: asShare('asr', 6_000), node: 'a', at: [[0, mpsShape(6_000, 10)]] },
      ],
    ),
    wanted: model('all', needs({ isolation: 'whole', memoryMib: 24_000 })),
    want: [
      'make slices: mps on GPU-b-0, mps 6000MiB 1% on GPU-b-0, mps 6000MiB 1% on GPU-b-0',
      'start replicas: asr-new-1 on b, ocr-new-2 on b',
      'stop replicas: asr-1, ocr-0',
      'give slices back: mps 6000MiB 10% on GPU-a-0, mps 6000MiB 10% on GPU-a-0',
      'make slices: whole on GPU-a-0, whole 24576MiB on GPU-a-0',
      'start replicas: all-wanted on a',
    ],
    price: { replicasInterrupted: 0, moves: 2 },
  },
];

test.for(cases)('$name', ({ set, wanted, budget, want, price }) => {
  const plan = planIn(roomFor(set, wanted, budget));
  expect(toldStages(plan)).toEqual(want);
  expect(plan.price).toMatchObject(price);
  expect(lintPlan(set.snapshot, plan, factsOf(set, wanted))).toEqual([]);
});

/** Two cards: a quarter is free on each, and everything in the way is as large as that. */
const full = (change: Partial<ModelSpec>) =>
  stageSet(a30s(['a']), [
    { spec: asMig('ocr', 10_000, change), node: 'a', at: [[0, migShape('A30', '2g.12gb', 0)]] },
    { spec: asMig('asr', 10_000, never), node: 'a', at: [[0, migShape('A30', '2g.12gb', 2)]] },
  ]);

test('nobody is interrupted without a budget, and the answer says what one would buy', () => {
  const set = stageSet(
    [...a30s(['a']), node('b', cardsOf('b', ['A30']))],
    [
      { spec: asMig('ocr', 5_000, seconds60), node: 'a', at: [[0, migShape('A30', '1g.6gb', 0)]] },
      { spec: half, node: 'a', at: [[0, migShape('A30', '2g.12gb', 2)]] },
      { spec: asMig('most', 10_000), node: 'b', at: [[0, migShape('A30', '2g.12gb', 0)]] },
      { spec: asMig('rest', 5_000), node: 'b', at: [[0, migShape('A30', '1g.6gb', 2)]] },
      { spec: asMig('last', 5_000), node: 'b', at: [[0, migShape('A30', '1g.6gb', 3)]] },
    ],
  );
  expect(roomFor(set, half)).toMatchObject({ kind: 'refused', fitsIf: null });
});

test('an interruption within the budget of the plan and of the replica', () => {
  const set = stageSet(a30s(['a']), [
    { spec: asShare('ocr', 20_000, seconds60), node: 'a', at: [[0, mpsShape(20_000, 10)]] },
  ]);
  const wanted = asShare('more', 3_000, { priority: 9 });
  expect(planIn(roomFor(set, wanted)).price.moves).toBe(0);
});

test.for<{
  name: string;
  change: Partial<ModelSpec>;
  budget: Partial<RelayoutBudget>;
  want: string;
}>([
  { name: 'never', change: never, budget: { preempt: true }, want: 'refused' },
  {
    name: 'a budget, and preemption is not allowed',
    change: seconds60,
    budget: {},
    want: 'refused',
  },
  { name: 'a budget', change: seconds60, budget: { preempt: true }, want: 'fits' },
  {
    name: 'as important as the request',
    change: { ...seconds60, priority: 5 },
    budget: { preempt: true },
    want: 'refused',
  },
])(
  'a replica of lower priority ends only if its policy allows it: $name',
  ({ change, budget, want }) => {
    const set = full(change);
    const wanted = asMig('vip', 10_000, { priority: 5 });
    const result = roomFor(set, wanted, budget);
    expect(result.kind).toBe(want);
    if (result.kind === 'refused') return;
    expect(result.plan.price).toMatchObject({ preemptions: 1, replicasInterrupted: 1 });
    expect(result.plan.price.interruptions).toEqual([
      {
        replica: 'ocr-0',
        model: 'ocr',
        seconds: null,
        why: 'vip has a higher priority and needs its place',
      },
    ]);
    expect(lintPlan(set.snapshot, result.plan, factsOf(set, wanted))).toEqual([]);
  },
);

test('allocations, strangers’ instances and nodes that drain are left alone', () => {
  const allocation = claim('alloc', 'a', [[0, migShape('A30', '1g.6gb', 1)]], {
    holder: { kind: 'allocation', allocation: 'ci' as AllocationName },
  });
  const foreign = gpu('b', 0, 'A30', {
    migEnabled: true,
    mode: 'foreign',
    memoryForeignMib: 10,
    instances: [instance('A30', '1g.6gb', 1)],
  });
  const nodes = [
    node('a', cardsOf('a', ['A30'], { migEnabled: true, mode: 'mig' })),
    node('b', [foreign]),
    node('c', cardsOf('c', ['A30']), { availability: { kind: 'draining', reason: 'by a test' } }),
  ];
  const set: StageSet = { snapshot: { nodes, claims: [allocation] }, running: new Map() };
  expect(roomFor(set, asMig('big', 20_000), { preempt: true, interruptionSeconds: 900 })).toEqual({
    kind: 'refused',
    reason: 'no re-layout makes room for big',
    helps: false,
    fitsIf: null,
  });
});

test.for<{ name: string; change: Partial<ModelSpec>; idle: boolean }>([
  { name: 'never', change: never, idle: true },
  { name: 'idle, and is busy', change: { disruption: { kind: 'idle' } }, idle: false },
])('a replica that says $name is not moved, and the answer says who it is', ({ change, idle }) => {
  const placed = { node: 'a', idle };
  const set = stageSet(a30s(['a']), [
    { ...placed, spec: asMig('ocr', 5_000, change), at: [[0, migShape('A30', '1g.6gb', 0)]] },
    { ...placed, spec: asMig('asr', 5_000, change), at: [[0, migShape('A30', '1g.6gb', 2)]] },
  ]);
  const most = { interruptionSeconds: 900, preempt: true };
  expect(roomFor(set, asMig('half', 10_000, { priority: 9 }), most)).toEqual({
    kind: 'refused',
    reason: 'ocr-0 might be moved, which its `disruption` forbids now',
    helps: true,
    fitsIf: null,
  });
});
