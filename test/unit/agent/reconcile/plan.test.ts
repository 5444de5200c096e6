import { describe, expect, test } from 'vitest';
import type { MpsActual } from '../../../../agent/observe/world.ts';
import { defaultPolicy } from '../../../../agent/policy/policy.ts';
import { planNode, unitsOf } from '../../../../agent/reconcile/plan.ts';
import { renderStep } from '../../../../agent/reconcile/steps.ts';
import { parseBootId } from '../../../../shared/domain/ids.ts';
import type { ReplicaTarget } from '../../../../shared/domain/node-target.ts';
import { gpuA, gpuB, must } from '../../../fakes/agent/fake-core.ts';
import {
  bound,
  card,
  inputOf,
  instance,
  recordOf,
  running,
  silentMps,
  stepsOf,
  type CardOver,
  type Case,
} from '../../../fakes/agent/plan-world.ts';
import { replica, shapes, slice, workload } from '../../../fakes/agent/targets.ts';

/** `createMigInstance`, or `wait drift` for a wait. */
function words(given: Case): readonly string[] {
  return stepsOf(given).map((step) => (step.kind === 'wait' ? `wait ${step.reason}` : step.kind));
}

const a = slice('a.0', gpuA, shapes.half(0));
const b = slice('b.0', gpuA, shapes.half(4));
const share = slice('s.0', gpuA, shapes.mps(10_000));
const whole = slice('w.0', gpuA, shapes.whole);
const vad = replica('vad', [a]);
const off = { inventory: { migEnabled: false } } as const;
const stranger = { foreignProcesses: [{ pid: 77, name: 'python3', memoryMib: 35_000 }] };
const answering: MpsActual = {
  ...silentMps,
  owned: true,
  state: 'answering',
  incarnation: 'd1',
};
const busyOff: CardOver = {
  inventory: { migEnabled: false, memoryForeignMib: 35_000 },
  actual: stranger,
};
const foreignMig = [card(gpuA, { inventory: { instances: [instance(0)] }, actual: stranger })];
const place = { authority: 'place' } as const;
const oldBoot = must(parseBootId('boot-0'));

describe('slices', () => {
  const cases: readonly {
    readonly name: string;
    readonly given: Case;
    readonly want: readonly string[];
  }[] = [
    { name: 'nothing wanted, nothing done', given: {}, want: [] },
    { name: 'a MIG slice is cut', given: { slices: [a] }, want: ['createMigInstance'] },
    {
      name: 'MIG is turned on first, then cut',
      given: { slices: [a, b], cards: [card(gpuA, off)] },
      want: ['setMigMode', 'createMigInstance', 'createMigInstance'],
    },
    {
      name: 'a card without MIG is told',
      given: { slices: [a], cards: [card(gpuA, { inventory: { migEnabled: null } })] },
      want: ['wait mig-unsupported'],
    },
    {
      name: 'a mode that needs a reset waits',
      given: { slices: [a], cards: [card(gpuA, { ...off, actual: { migPending: true } })] },
      want: ['wait mig-mode-pending'],
    },
    {
      name: 'no mode switch beside a stranger',
      given: { slices: [a], cards: [card(gpuA, busyOff)] },
      want: ['wait foreign-processes'],
    },
    {
      name: 'no mode switch under a slice that is held',
      given: { slices: [a], cards: [card(gpuA, off)], bindings: [bound(share, gpuA)] },
      want: ['wait card-in-use'],
    },
    { name: 'MIG goes off for a whole card', given: { slices: [whole] }, want: ['setMigMode'] },
    {
      name: 'MIG stays on while an instance is there',
      given: { slices: [whole], cards: [card(gpuA, { inventory: { instances: [instance(0)] } })] },
      want: ['wait card-in-use'],
    },
    {
      name: 'an overlap is never cut',
      given: {
        slices: [a],
        cards: [
          card(gpuA, { inventory: { instances: [instance(2, { giProfileId: 14, size: 2 })] } }),
        ],
      },
      want: ['wait placement-occupied'],
    },
    {
      name: 'two wishes for one place: only one is cut',
      given: { slices: [a, slice('c.0', gpuA, shapes.small(2))] },
      want: ['createMigInstance', 'wait placement-occupied'],
    },
    {
      name: 'place may use an instance that is there',
      given: {
        slices: [a],
        cards: [card(gpuA, { inventory: { ...place, instances: [instance(0)] } })],
      },
      want: ['bindSlice'],
    },
    {
      name: 'place may not cut',
      given: { slices: [a], cards: [card(gpuA, { inventory: place })] },
      want: ['wait authority'],
    },
    {
      name: 'place may not turn MIG on',
      given: { slices: [a], cards: [card(gpuA, { inventory: { ...place, migEnabled: false } })] },
      want: ['wait authority'],
    },
    {
      name: 'observe may do nothing',
      given: {
        slices: [whole],
        cards: [card(gpuA, { inventory: { authority: 'observe', migEnabled: false } })],
      },
      want: ['wait authority'],
    },
    {
      name: "a stranger's instance at work is not taken",
      given: { slices: [a], cards: foreignMig },
      want: ['wait foreign-processes'],
    },
    {
      name: 'half an instance of somebody else is left alone',
      given: {
        slices: [a],
        cards: [
          card(gpuA, {
            inventory: { instances: [instance(0, { uuid: null, computeInstanceIds: [] })] },
          }),
        ],
      },
      want: ['wait instance-incomplete'],
    },
    {
      name: 'an instance that vanished in this boot is drift',
      given: { slices: [a], bindings: [bound(a, 'MIG-0')] },
      want: ['wait drift'],
    },
    {
      name: 'an instance that vanished with a reboot is cut again',
      given: { slices: [a], bindings: [bound(a, 'MIG-0', { bootId: oldBoot })] },
      want: ['createMigInstance'],
    },
    {
      name: 'a newer incarnation waits for the tombstone of the older',
      given: {
        slices: [slice('a.0', gpuA, shapes.half(0), 2)],
        cards: [card(gpuA, { inventory: { instances: [instance(0, { slice: a.id })] } })],
        bindings: [bound(a, 'MIG-0')],
      },
      want: ['wait older-incarnation'],
    },
    {
      name: 'a blind card waits',
      given: { slices: [a], cards: [card(gpuA, { actual: { blind: 'hangs' } })] },
      want: ['wait card-unreadable'],
    },
    {
      name: 'a missing card waits',
      given: { slices: [a], cards: [] },
      want: ['wait card-missing'],
    },
    {
      name: 'a card behind a silent tool waits for the tool',
      given: { slices: [a], cards: [], world: { cardsBlind: 'hangs' } },
      want: ['wait card-unreadable'],
    },
    {
      name: 'a share gets its daemon first',
      given: { slices: [share], cards: [card(gpuA, off)] },
      want: ['startMps', 'bindSlice'],
    },
    {
      name: 'a share whose daemon has died gets it back',
      given: { slices: [share], cards: [card(gpuA, off)], bindings: [bound(share, gpuA)] },
      want: ['startMps'],
    },
    {
      name: 'no MPS configured',
      given: { slices: [share], cards: [card(gpuA, off)], input: { mpsPipes: new Map() } },
      want: ['wait mps-unavailable'],
    },
    {
      name: 'a share waits for the memory of a stranger',
      given: { slices: [share], cards: [card(gpuA, busyOff)] },
      want: ['wait foreign-processes'],
    },
    {
      name: 'memory is never promised twice',
      given: {
        slices: [share],
        cards: [
          card(gpuA, {
            ...off,
            actual: { mps: { ...answering, owned: true, clientPids: [] } },
          }),
        ],
        bindings: [bound(slice('x.0', gpuA, shapes.mps(35_000)), gpuA)],
      },
      want: ['wait memory'],
    },
    {
      name: 'a whole card waits for a stranger',
      given: { slices: [whole], cards: [card(gpuA, busyOff)] },
      want: ['wait foreign-processes'],
    },
    {
      name: 'a whole card waits for our own shares',
      given: { slices: [whole], cards: [card(gpuA, off)], bindings: [bound(share, gpuA)] },
      want: ['wait card-in-use'],
    },
    {
      name: 'a whole card is bound',
      given: { slices: [whole], cards: [card(gpuA, off)] },
      want: ['bindSlice'],
    },
  ];
  test.for(cases)('$name', ({ given, want }) => {
    expect(words(given)).toEqual(want);
  });
});

describe('taking away', () => {
  const inUse: Case = {
    slicesGone: [a],
    cards: [card(gpuA, { inventory: { instances: [instance(0, { slice: a.id })] } })],
    bindings: [bound(a, 'MIG-0')],
  };
  const holder = running('vad', { deviceUuids: ['MIG-0'] });
  const cases: readonly {
    readonly name: string;
    readonly given: Case;
    readonly want: readonly string[];
  }[] = [
    {
      name: 'a replica that no target and no tombstone names is left alone',
      given: { running: [holder] },
      want: [],
    },
    {
      name: 'a slice that no target and no tombstone names is left alone',
      given: {
        cards: [card(gpuA, { inventory: { instances: [instance(0, { slice: a.id })] } })],
        bindings: [bound(a, 'MIG-0')],
      },
      want: [],
    },
    {
      name: 'stop before destroy, and nothing else meanwhile',
      given: { ...inUse, slices: [b], running: [holder], replicasGone: ['vad'] },
      want: ['stopReplica'],
    },
    {
      name: 'destroy once it is gone',
      given: { ...inUse, replicasGone: ['vad'], records: [recordOf('vad', [a])] },
      want: ['removeReplicaRecord', 'destroyMigInstance'],
    },
    {
      name: 'forget once it is destroyed',
      given: { ...inUse, cards: [card(gpuA)] },
      want: ['forgetSlice'],
    },
    {
      name: 'a slice under a running replica waits',
      given: { ...inUse, running: [holder] },
      want: ['wait slice-in-use'],
    },
    {
      name: 'place may not destroy',
      given: {
        ...inUse,
        cards: [card(gpuA, { inventory: { ...place, instances: [instance(0, { slice: a.id })] } })],
      },
      want: ['wait authority'],
    },
    {
      name: 'an adopted instance is given back as it is',
      given: { ...inUse, bindings: [bound(a, 'MIG-0', { adopted: true })] },
      want: ['forgetSlice'],
    },
    {
      name: "a stranger's instance at the place of an unknown slice is left alone",
      given: {
        ...inUse,
        bindings: [],
        cards: [card(gpuA, { inventory: { instances: [instance(0)] } })],
      },
      want: ['forgetSlice'],
    },
    {
      name: 'a tombstone of an older incarnation destroys nothing',
      given: { ...inUse, bindings: [bound(slice('a.0', gpuA, shapes.half(0), 2), 'MIG-0')] },
      want: ['forgetSlice'],
    },
    {
      name: 'a card that has gone took its slices along',
      given: { ...inUse, cards: [] },
      want: ['forgetSlice'],
    },
    {
      name: 'a card that cannot be read keeps them',
      given: { ...inUse, cards: [], world: { cardsBlind: 'hangs' } },
      want: ['wait card-unreadable'],
    },
    {
      name: 'a runtime that is away may still hold it',
      given: {
        replicasGone: ['vad'],
        records: [recordOf('vad', [])],
        world: { runtimesBlind: new Map([['process', 'away']]) },
      },
      want: ['wait runtime-away'],
    },
    {
      name: 'a runtime that is not configured any more may still hold it',
      given: {
        replicasGone: ['vad'],
        records: [recordOf('vad', [], { runtime: 'docker' })],
      },
      want: ['wait runtime-away'],
    },
    {
      name: 'a runtime that never answered holds nothing of ours',
      given: {
        replicasGone: ['vad'],
        world: {
          runtimesBlind: new Map([
            ['docker', 'away'],
            ['process', null],
          ]),
        },
      },
      want: ['removeReplicaRecord'],
    },
    {
      name: 'what is left of an ended replica is removed too',
      given: { replicasGone: ['vad'], running: [running('vad', { state: 'exited' })] },
      want: ['stopReplica'],
    },
    {
      name: 'our daemon leaves with the last share',
      given: {
        cards: [card(gpuA, { actual: { mps: { ...answering, owned: true, clientPids: [] } } })],
      },
      want: ['stopMps'],
    },
    {
      name: 'a daemon with clients stays',
      given: {
        cards: [card(gpuA, { actual: { mps: { ...answering, owned: true, clientPids: [4] } } })],
      },
      want: [],
    },
    {
      name: "a stranger's daemon stays",
      given: {
        cards: [card(gpuA, { actual: { mps: { ...answering, owned: false, clientPids: [] } } })],
      },
      want: [],
    },
  ];
  test.for(cases)('$name', ({ given, want }) => {
    expect(words(given)).toEqual(want);
  });
});

describe('replicas', () => {
  const ready: Case = {
    slices: [a],
    replicas: [vad],
    cards: [card(gpuA, { inventory: { instances: [instance(0, { slice: a.id })] } })],
    bindings: [bound(a, 'MIG-0')],
  };
  const image = { ...workload, image: 'vad:1', command: null };
  const cpu = (over: Partial<ReplicaTarget> = {}): Case => ({
    replicas: [replica('vad', [], over)],
  });
  const docker = {
    runtimesBlind: new Map([
      ['docker', null],
      ['process', null],
    ] as const),
  };
  const cases: readonly {
    readonly name: string;
    readonly given: Case;
    readonly want: readonly string[];
  }[] = [
    { name: 'a ready slice gets its replica', given: ready, want: ['startReplica'] },
    {
      name: 'a running replica is left alone',
      given: { ...ready, running: [running('vad')] },
      want: [],
    },
    {
      name: 'a running replica with another spec is replaced',
      given: { ...ready, running: [running('vad', { specHash: 'old' })] },
      want: ['stopReplica'],
    },
    {
      name: 'a replica is not stopped for slices that are not there',
      given: {
        ...ready,
        bindings: [],
        cards: foreignMig,
        running: [running('vad', { specHash: 'old' })],
      },
      want: ['wait foreign-processes'],
    },
    {
      name: 'an ended replica is tidied and started',
      given: { ...ready, running: [running('vad', { state: 'exited' })] },
      want: ['stopReplica', 'startReplica'],
    },
    {
      name: 'a back-off is waited for',
      given: { ...ready, records: [recordOf('vad', [a], { notBeforeMs: 1_000_500 })] },
      want: ['wait replica-backoff'],
    },
    {
      name: 'a clock that was set back does not prolong it',
      given: { ...ready, records: [recordOf('vad', [a], { notBeforeMs: 9_000_000 })] },
      want: ['startReplica'],
    },
    {
      name: 'observe starts nothing',
      given: {
        ...ready,
        cards: [
          card(gpuA, {
            inventory: { authority: 'observe', instances: [instance(0, { slice: a.id })] },
          }),
        ],
      },
      want: ['wait authority'],
    },
    {
      name: 'a model on CPU needs no card',
      given: { ...cpu(), cards: [] },
      want: ['startReplica'],
    },
    {
      name: 'only an image and no Docker',
      given: {
        ...cpu({ workload: image }),
        world: { runtimesBlind: new Map([['docker', 'no socket']]) },
      },
      want: ['wait runtime-away'],
    },
    {
      name: 'only a process where processes are not allowed',
      given: {
        ...cpu(),
        input: {
          config: {
            runtime: 'auto',
            policy: defaultPolicy,
            stopGraceMs: 1,
            mpsComputeMode: 'exclusive',
            mpsShmDirectory: null,
          },
        },
      },
      want: ['wait runtime-unfit'],
    },
    {
      name: 'a runtime is kept even when a better one answers',
      given: {
        ...cpu({ workload: { ...workload, image: 'vad:1' } }),
        records: [recordOf('vad', [])],
        world: docker,
      },
      want: ['startReplica'],
    },
    {
      name: 'two cards that one replica joins',
      given: {
        slices: [whole, slice('w.1', gpuB, shapes.whole)],
        replicas: [replica('big', [whole, slice('w.1', gpuB, shapes.whole)])],
        cards: [card(gpuA, off), card(gpuB, off)],
      },
      want: ['bindSlice', 'bindSlice', 'startReplica'],
    },
  ];
  test.for(cases)('$name', ({ given, want }) => {
    expect(words(given)).toEqual(want);
  });

  test.for([
    { name: 'Docker where it answers', world: docker, runtime: 'docker' },
    { name: 'a process where it does not', world: {}, runtime: 'process' },
    {
      name: 'what it ran as before',
      world: docker,
      records: [recordOf('vad', [])],
      runtime: 'process',
    },
  ] as const)('a model with both is run by $name', ({ world, runtime, ...more }) => {
    const both = cpu({ workload: { ...workload, image: 'vad:1' } });
    expect(stepsOf({ ...both, world, ...more })).toMatchObject([{ kind: 'startReplica', runtime }]);
  });
});

test('units are joined by replicas, and by nothing else', () => {
  const w0 = slice('w.0', gpuA, shapes.whole);
  const w1 = slice('w.1', gpuB, shapes.whole);
  const apart = inputOf({
    cards: [card(gpuA), card(gpuB)],
    slices: [w0, w1],
    replicas: [replica('one', [w0]), replica('two', [w1]), replica('cpu', [])],
  });
  expect(unitsOf(apart).map((unit) => [unit.gpus.length, unit.replicas.length])).toEqual([
    [1, 1],
    [1, 1],
    [0, 1],
  ]);
  const joined = inputOf({
    cards: [card(gpuA), card(gpuB)],
    slices: [w0, w1],
    replicas: [replica('big', [w0, w1]), replica('cpu', [])],
  });
  expect(unitsOf(joined).map((unit) => [unit.gpus.length, unit.replicas.length])).toEqual([
    [2, 1],
    [0, 1],
  ]);
});

test('nothing begins on a card that is to be emptied, and what runs there goes on', () => {
  const w = slice('w.0', gpuA, shapes.whole);
  const health = { state: 'failed', reason: 'to be emptied: Xid 95' } as const;
  const sick = card(gpuA, { inventory: { ...off.inventory, mode: 'whole', health } });
  const given: Case = {
    slices: [w],
    replicas: [replica('one', [w])],
    cards: [sick],
    bindings: [bound(w, gpuA)],
  };
  expect(stepsOf(given).map(renderStep)).toEqual([
    `wait (card-unhealthy): ${gpuA}: to be emptied: Xid 95`,
  ]);
  const runs = running('one', { deviceUuids: [gpuA] });
  expect(stepsOf({ ...given, running: [runs], records: [recordOf('one', [w])] })).toEqual([]);
});

test('equal inputs give equal plans, and every step can be read by people', () => {
  const given: Case = { slices: [a, b], replicas: [vad], cards: [card(gpuA, off)] };
  expect(planNode(inputOf(given))).toEqual(planNode(inputOf(given)));
  expect(stepsOf(given).map(renderStep)).toEqual([
    `turn MIG on on ${gpuA}`,
    `create 3g.20gb at 0 on ${gpuA}`,
    `create 3g.20gb at 4 on ${gpuA}`,
    'wait (slice-not-ready): slice a.0 does not exist yet',
  ]);
});
