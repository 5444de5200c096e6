import { describe, expect, test } from 'vitest';
import { planInstanceGone } from '../../../../agent/reconcile/instance-plan.ts';
import { planNode } from '../../../../agent/reconcile/plan.ts';
import { renderStep } from '../../../../agent/reconcile/steps.ts';
import type { MigInstance } from '../../../../shared/domain/inventory.ts';
import type { InstanceTombstone } from '../../../../shared/domain/node-target.ts';
import { gpuA, gpuB } from '../../../fakes/agent/fake-core.ts';
import {
  bootId,
  bound,
  card,
  inputOf,
  instance,
  recordOf,
  running,
  type CardOver,
  type Case,
} from '../../../fakes/agent/plan-world.ts';
import { replica, shapes, slice } from '../../../fakes/agent/targets.ts';

const gone: InstanceTombstone = {
  kind: 'instance',
  gpu: gpuA,
  giProfileId: 9,
  start: 4,
  gpuInstanceId: 5,
  layoutRevision: 7,
};
const layout = { gpu: gpuA, revision: 8, driftRevision: 7, fingerprint: '', shapeExpected: '' };
const layouts = [{ ...layout, bootId }];

/** A card with the instance on it, in a layout that only our own steps have changed since the plan. */
function cut(over: Partial<MigInstance> = {}, more: CardOver = {}): Case {
  const { inventory, actual } = more;
  const instances = [instance(0), instance(4, over)];
  return {
    cards: [card(gpuA, { inventory: { instances, ...inventory }, ...(actual && { actual }) })],
    world: { layouts },
  };
}

function said(given: Case): readonly string[] {
  return planInstanceGone(inputOf(given), gone).map((step) =>
    step.kind === 'wait' ? `${step.reason}: ${step.detail}` : renderStep(step),
  );
}

const half = slice('a.0', gpuA, shapes.half(4));
const small = slice('s.0', gpuA, shapes.small(5));
const elsewhere = slice('b.0', gpuA, shapes.half(0));
const stays = 'instance-kept: 3g.20gb at 4 stays: ';
const destroys = `destroy 3g.20gb at 4 on ${gpuA}`;

describe('an instance that others made goes', () => {
  const cases: readonly { readonly name: string; readonly given: Case; readonly want: string }[] = [
    { name: 'when it is the one and nobody uses it', given: cut(), want: destroys },
    {
      name: 'when its compute instance is gone already: so a destroy that was cut short ends',
      given: cut({ uuid: null, computeInstanceIds: [] }),
      want: destroys,
    },
    {
      name: 'beside a slice that has another place',
      given: { ...cut(), slices: [elsewhere], bindings: [bound(elsewhere, 'MIG-0')] },
      want: destroys,
    },
    {
      name: 'beside a replica on another instance',
      given: { ...cut(), running: [running('vad', { deviceUuids: ['MIG-0'] })] },
      want: destroys,
    },
    {
      name: 'although a runtime is away that never held anything of ours',
      given: {
        ...cut(),
        world: {
          layouts,
          runtimesBlind: new Map([['docker', 'no Docker']]),
          runtimesMet: new Set(),
        },
      },
      want: destroys,
    },
  ];
  test.each(cases)('$name', ({ given, want }) => {
    expect(said(given)).toEqual([want]);
  });
});

describe('an instance that others made stays', () => {
  const cases: readonly { readonly name: string; readonly given: Case; readonly want: string }[] = [
    {
      name: 'where we may not cut',
      given: cut({}, { inventory: { authority: 'place' } }),
      want: `${stays}authority on ${gpuA} is place; an operator must raise it to cut`,
    },
    {
      name: 'when it is another one in the same place',
      given: cut({ gpuInstanceId: 6 }),
      want: `${stays}it is GPU instance 6, and the plan saw 5`,
    },
    {
      name: 'when somebody has changed the layout since the plan',
      given: { ...cut(), world: { layouts: [{ ...layout, driftRevision: 8, bootId }] } },
      want: `${stays}planned from layout revision 7, the card is at 8 now`,
    },
    {
      name: 'when the plan is of a layout that is still to come',
      given: {
        ...cut(),
        world: { layouts: [{ ...layout, revision: 6, driftRevision: 1, bootId }] },
      },
      want: `${stays}planned from layout revision 7, the card is at 6 now`,
    },
    {
      name: 'when nothing is written down of the card',
      given: { ...cut(), world: { layouts: [] } },
      want: `${stays}this node has never seen the card ${gpuA}`,
    },
    {
      name: 'when it carries a slice',
      given: cut({ slice: half.id }),
      want: `${stays}it is slice a.0`,
    },
    {
      name: 'when a slice is bound to it',
      given: { ...cut(), bindings: [bound(half, 'MIG-4', { adopted: true })] },
      want: `${stays}slice a.0 has its place there`,
    },
    {
      name: 'when a slice is wanted on a part of it',
      given: { ...cut(), slices: [small] },
      want: `${stays}slice s.0 has its place there`,
    },
    {
      name: 'when a create of ours there is still open',
      given: {
        ...cut(),
        input: {
          intents: [
            {
              id: 1,
              bootId,
              atMs: 0,
              kind: 'createMigInstance',
              gpu: gpuA,
              slice: half,
              step: '{}',
            },
          ],
        },
      },
      want: `${stays}slice a.0 has its place there`,
    },
    {
      name: 'when a process computes on the card',
      given: cut(
        {},
        { actual: { foreignProcesses: [{ pid: 77, name: 'python3', memoryMib: 300 }] } },
      ),
      want: `${stays}process 77 (python3) may use it`,
    },
    {
      name: 'when others hold memory of the card',
      given: cut({}, { inventory: { memoryForeignMib: 300 } }),
      want: `${stays}300MiB of the card are used by others`,
    },
    {
      name: 'when a replica was handed it',
      given: { ...cut(), running: [running('vad', { deviceUuids: ['MIG-4'] })] },
      want: `${stays}replica vad-00000001 was handed it`,
    },
    {
      name: 'when a replica was handed the whole card',
      given: { ...cut(), running: [running('vad', { deviceUuids: [gpuA] })] },
      want: `${stays}replica vad-00000001 was handed it`,
    },
    {
      name: 'when a runtime that holds replicas of ours does not answer',
      given: {
        ...cut(),
        records: [recordOf('vad', [], { runtime: 'docker' })],
        world: {
          layouts,
          runtimesBlind: new Map([['docker', 'no answer']]),
          runtimesMet: new Set(),
        },
      },
      want: `${stays}nobody can tell who uses it: no answer`,
    },
    {
      name: 'while an operator changes the layout',
      given: { ...cut(), input: { layoutsChanging: new Set([gpuA]) } },
      want: `${stays}agentctl mig apply is at work on the card`,
    },
    {
      name: 'when an operator has asked for it',
      given: {
        ...cut(),
        input: {
          layoutsRecorded: [
            {
              gpu: gpuA,
              bootId,
              shape: {
                migEnabled: true,
                instances: [{ giProfileId: 9, start: 4, profile: '3g.20gb', compute: null }],
              },
            },
          ],
        },
      },
      want: `${stays}agentctl mig apply asked for it; apply a layout without it first`,
    },
    {
      name: 'while the card cannot be read',
      given: cut({}, { actual: { blind: 'no answer' } }),
      want: 'card-unreadable: no answer',
    },
    {
      name: 'while no card can be read',
      given: { cards: [card(gpuB)], world: { layouts, cardsBlind: 'the driver is away' } },
      want: 'card-unreadable: the driver is away',
    },
    {
      name: 'when its card is not there',
      given: { cards: [card(gpuB)], world: { layouts } },
      want: `card-missing: this node does not see ${gpuA}`,
    },
  ];
  test.each(cases)('$name', ({ given, want }) => {
    expect(said(given)).toEqual([want]);
  });
});

test('what is not there any more is done', () => {
  const given: Case = { cards: [card(gpuA)], world: { layouts } };
  expect(planInstanceGone(inputOf(given), gone)).toEqual([
    { kind: 'forgetInstance', gpu: gpuA, gone },
  ]);
});

test('it goes before anything is cut or started on its card, and other cards do not wait', () => {
  const other = slice('c.0', gpuB, shapes.half(0));
  const given: Case = {
    ...cut(),
    cards: [...(cut().cards ?? []), card(gpuB)],
    slices: [other, elsewhere],
    replicas: [replica('vad', [elsewhere])],
    instancesGone: [gone],
  };
  const steps = planNode(inputOf(given)).map((unit) => unit.steps.map((step) => step.kind));
  expect(steps).toEqual([['destroyMigInstance'], ['createMigInstance']]);
});
