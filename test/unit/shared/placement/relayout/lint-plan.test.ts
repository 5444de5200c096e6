import { describe, expect, test } from 'vitest';
import type { Plan, PlanStep } from '../../../../../shared/domain/change.ts';
import type { GpuInventory, MigInstance } from '../../../../../shared/domain/inventory.ts';
import {
  lintPlan,
  type PlanFacts,
  type PlanProblem,
} from '../../../../../shared/placement/relayout/lint-plan.ts';
import { cardsOf, gpu, instance, migShape, node } from '../builders.ts';
import { asMig, factsOf, planIn, roomFor, stageSet } from './stage-set.ts';

const set = stageSet(
  [node('a', cardsOf('a', ['A30']))],
  [
    { spec: asMig('ocr', 5_000), node: 'a', at: [[0, migShape('A30', '1g.6gb', 0)]] },
    { spec: asMig('asr', 5_000), node: 'a', at: [[0, migShape('A30', '1g.6gb', 2)]] },
  ],
);
const wanted = asMig('half', 10_000);
/** Makes a slice, starts a successor, stops the old one, gives its slice back, makes the new one, starts it. */
const good = planIn(roomFor(set, wanted));

const codes = (problems: readonly PlanProblem[]) => [...new Set(problems.map(({ code }) => code))];
const lint = (plan: Plan, snapshot = set.snapshot, facts = factsOf(set, wanted)) =>
  lintPlan(snapshot, plan, facts);
/** The same replicas, of models that say `never`. */
const bound: PlanFacts = {
  ...factsOf(set, wanted),
  specOf: (claim) => {
    const spec = factsOf(set, wanted).specOf(claim);
    return spec === null ? null : { ...spec, disruption: { kind: 'never' } };
  },
};

function withSteps(change: (step: PlanStep) => PlanStep): Plan {
  return {
    ...good,
    stages: good.stages.map((stage) => ({ ...stage, steps: stage.steps.map(change) })),
  };
}

function withStages(order: readonly number[]): Plan {
  return { ...good, stages: order.flatMap((at) => good.stages[at] ?? []) };
}

test('a plan of the planner is clean', () => {
  expect(lint(good)).toEqual([]);
});

test.for<{ name: string; plan: Plan; want: readonly string[] }>([
  {
    name: 'the old one stops first',
    plan: withStages([2, 3, 0, 1, 4, 5]),
    want: ['interruption-untold'],
  },
  {
    name: 'the new slice before the old one is gone',
    plan: withStages([0, 1, 4, 2, 3, 5]),
    want: ['layout-illegal'],
  },
  {
    name: 'a slice is destroyed under its replica',
    plan: withStages([0, 1, 3, 2, 4, 5]),
    want: ['slice-in-use'],
  },
  {
    name: 'a replica starts before its slice is there',
    plan: withStages([1, 0, 2, 3, 4, 5]),
    want: ['start-too-early'],
  },
  { name: 'half of it is missing', plan: withStages([0, 1, 2]), want: ['unfinished'] },
  {
    name: 'somebody is stopped whom the plan does not end',
    plan: { ...good, ends: [] },
    want: ['claim-unknown', 'slice-unknown', 'layout-illegal'],
  },
  {
    name: 'the two sides of a move do not agree',
    plan: withSteps((step) => (step.kind === 'start-replica' ? { ...step, replaces: null } : step)),
    want: ['link-broken'],
  },
  {
    name: 'an instance is cleared that a claim holds',
    plan: withSteps((step) => (step.kind === 'destroy-slice' ? { ...step, slice: null } : step)),
    want: ['slice-unknown', 'layout-illegal', 'unfinished'],
  },
])('finds that $name', ({ plan, want }) => {
  expect(codes(lint(plan))).toEqual(expect.arrayContaining([...want]));
});

test('finds new slices on nodes and cards that may not be used', () => {
  const snapshot = {
    ...set.snapshot,
    nodes: set.snapshot.nodes.map((each) => ({
      availability: { kind: 'cordoned', reason: 'by a test' } as const,
      inventory: {
        ...each.inventory,
        gpus: each.inventory.gpus.map((gpu) => ({
          ...gpu,
          authority: 'place' as const,
          health: { state: 'failed', reason: 'Xid 79' } as const,
        })),
      },
    })),
  };
  expect(codes(lint(good, snapshot))).toEqual(['node-unavailable', 'authority']);
});

test('finds an interruption that the replica does not allow', () => {
  const told = withStages([2, 3, 0, 1, 4, 5]);
  const [old] = set.snapshot.claims;
  if (old?.holder.kind !== 'replica') throw new Error('the first claim is a replica');
  const interruption = {
    replica: old.holder.replica,
    model: old.holder.model,
    seconds: 40,
    why: 'a test',
  };
  const stopped = good.stages[2]?.steps[0];
  const replica = stopped?.kind === 'stop-replica' ? stopped.replica : interruption.replica;
  const plan = { ...told, price: { ...told.price, interruptions: [{ ...interruption, replica }] } };
  expect(lint(plan)).toEqual([
    {
      stage: 0,
      code: 'disruption',
      message: `${replica}: it may be interrupted for 1s, and this takes 40s`,
    },
  ]);
  expect(lint(plan, set.snapshot, bound)).toEqual([
    { stage: 0, code: 'disruption', message: `${replica}: it must never be interrupted` },
  ]);
});

test('finds a move of a replica that is not to be moved, though nobody is interrupted', () => {
  expect(lint(good, set.snapshot, bound)).toEqual([
    { stage: 2, code: 'disruption', message: 'ocr-0: its `disruption` does not let it be moved' },
  ]);
  const asked = { ...good, kind: 'apply' } as const;
  expect(lint(asked, set.snapshot, bound)).toEqual([]);
});

describe('an instance that others made', () => {
  const idle = (changes: Partial<MigInstance> = {}, card: Partial<GpuInventory> = {}) =>
    stageSet(
      [
        node('a', [
          gpu('a', 0, 'A30', {
            migEnabled: true,
            mode: 'mig',
            layoutRevision: 3,
            instances: [instance('A30', '1g.6gb', 1, changes)],
            ...card,
          }),
        ]),
      ],
      [],
    );
  const big = asMig('big', 20_000);
  const recut = planIn(roomFor(idle(), big));
  const judged = (now: ReturnType<typeof idle>, plan = recut) =>
    codes(lintPlan(now.snapshot, plan, factsOf(now, big)));

  test('may go when the plan names the very one', () => {
    expect(recut.stages[0]?.steps).toMatchObject([
      { slice: null, seen: { gpuInstanceId: 2, layoutRevision: 3 } },
    ]);
    expect(recut.stages[0]?.abortsOn).toContain('layout-moved-on');
    expect(judged(idle())).toEqual([]);
    // Our own steps on the card are no other layout: its agent tells them from a stranger's.
    expect(judged(idle({}, { layoutRevision: 5 }))).toEqual([]);
  });

  test.for([
    {
      name: 'it is another one',
      now: idle({ gpuInstanceId: 9 }),
      want: 'instance-moved-on',
    },
    {
      name: 'the layout is older than the plan',
      now: idle({}, { layoutRevision: 2 }),
      want: 'instance-moved-on',
    },
    { name: 'we may not cut', now: idle({}, { authority: 'place' }), want: 'foreign-touched' },
    {
      name: 'somebody computes there',
      now: idle({}, { memoryForeignMib: 100 }),
      want: 'foreign-touched',
    },
    { name: 'it is not there', now: idle({ start: 3 }), want: 'slice-unknown' },
  ])('stays when $name', ({ now, want }) => {
    expect(judged(now)).toContain(want);
  });

  test('stays when the plan does not say which one it saw', () => {
    const stages = recut.stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map((step) =>
        step.kind === 'destroy-slice' ? { ...step, seen: null } : step,
      ),
    }));
    expect(judged(idle(), { ...recut, stages })).toContain('instance-moved-on');
  });
});
