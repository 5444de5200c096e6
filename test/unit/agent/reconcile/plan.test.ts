import { describe, expect, test } from 'vitest';
import type {
  GpuActual,
  MpsActual,
  MpsDefaultsRecord,
  ReplicaRecord,
  RunningActual,
  World,
} from '../../../../agent/observe/world.ts';
import type { PlanInput } from '../../../../agent/reconcile/plan-input.ts';
import { planNode, unitsOf } from '../../../../agent/reconcile/plan.ts';
import { renderStep, type Step } from '../../../../agent/reconcile/steps.ts';
import type { SliceBinding } from '../../../../agent/store/records.ts';
import { cardByProductName, geometryOf } from '../../../../shared/domain/card.ts';
import { parseBootId, type GpuUuid } from '../../../../shared/domain/ids.ts';
import type { GpuInventory, MigInstance } from '../../../../shared/domain/inventory.ts';
import type { ReplicaTarget } from '../../../../shared/domain/node-target.ts';
import type { Slice } from '../../../../shared/domain/slice.ts';
import { gpuA, gpuB, must, node } from '../../../fakes/agent/fake-core.ts';
import {
  replica,
  replicaGone,
  shapes,
  slice,
  sliceGone,
  target,
  workload,
} from '../../../fakes/agent/targets.ts';

const bootId = must(parseBootId('boot-1'));
const productName = 'NVIDIA A100-SXM4-40GB';
const known = cardByProductName(productName);
const geometry = known === undefined ? null : geometryOf(known);

const silentMps: MpsActual = {
  owned: false,
  state: 'silent',
  incarnation: null,
  servers: [],
  clientPids: [],
  waiting: [],
  fault: null,
  orphans: [],
};

interface CardOver {
  readonly inventory?: Partial<GpuInventory>;
  readonly actual?: Partial<Omit<GpuActual, 'inventory'>>;
}

function card(uuid: GpuUuid, { inventory, actual }: CardOver = {}): GpuActual {
  return {
    uuid,
    blind: null,
    blindRounds: 0,
    verdict: { gpu: uuid, state: 'ok', action: 'record', sinceMs: null, reasons: [], slices: [] },
    look: { error: null, migEnabled: true, migPending: true, eccUncorrectedVolatile: 0 },
    migPending: inventory?.migEnabled === undefined ? true : inventory.migEnabled,
    foreignProcesses: [],
    computeMode: null,
    mps: silentMps,
    ...actual,
    inventory: {
      uuid,
      index: 0,
      productName,
      pciBusId: '0',
      memoryTotalMib: 40_960,
      memoryForeignMib: 0,
      smCount: 108,
      mode: 'idle',
      authority: 'cut',
      health: { state: 'ok' },
      migEnabled: true,
      layoutRevision: 1,
      geometry,
      instances: [],
      mpsActive: false,
      ...inventory,
    },
  };
}

function instance(start: number, over: Partial<MigInstance> = {}): MigInstance {
  return {
    giProfileId: 9,
    start,
    size: 4,
    profile: '3g.20gb',
    memoryMib: 19_968,
    gpuInstanceId: start + 1,
    computeInstanceIds: [0],
    uuid: `MIG-${start}`,
    slice: null,
    ...over,
  };
}

function bound(held: Slice, deviceUuid: string, over: Partial<SliceBinding> = {}): SliceBinding {
  return { slice: held, bootId, gpuInstanceId: null, deviceUuid, adopted: false, ...over };
}

function running(name: string, over: Partial<RunningActual> = {}): RunningActual {
  const { replica: id, model } = replica(name, []);
  return {
    runtime: 'process',
    replica: id,
    model,
    modelVersion: 1,
    specHash: name,
    runtimeId: `run-${name}`,
    state: 'running',
    exitCode: null,
    pids: [1],
    address: null,
    deviceUuids: [],
    startedAtMs: 0,
    lastOutput: '',
    ...over,
  };
}

function recordOf(
  name: string,
  slices: readonly Slice[],
  over: Partial<ReplicaRecord> = {},
): ReplicaRecord {
  const wanted = replica(name, slices);
  return {
    replica: wanted.replica,
    target: wanted,
    specHash: name,
    runtime: 'process',
    slices,
    restarts: 0,
    failures: 0,
    startedAtMs: 1,
    startedInBoot: bootId,
    notBeforeMs: 0,
    readyRuntimeId: null,
    endedRuntimeId: null,
    lastReason: '',
    needsSomebody: false,
    ...over,
  };
}

interface Case {
  readonly cards?: readonly GpuActual[];
  readonly slices?: readonly Slice[];
  readonly replicas?: readonly ReplicaTarget[];
  readonly running?: readonly RunningActual[];
  readonly bindings?: readonly SliceBinding[];
  readonly records?: readonly ReplicaRecord[];
  readonly replicasGone?: readonly string[];
  readonly slicesGone?: readonly Slice[];
  readonly world?: Partial<World>;
  readonly input?: Partial<PlanInput>;
}

function inputOf(given: Case): PlanInput {
  const gpus = given.cards ?? [card(gpuA)];
  const wanted = target(1, { slices: given.slices ?? [], replicas: given.replicas ?? [] });
  return {
    world: {
      wallMs: 1_000_000,
      bootId,
      inventory: {
        node,
        bootId,
        agentVersion: '0',
        driverVersion: null,
        cpuMillis: 1,
        memoryMib: 1,
        labels: {},
        runtimes: [],
        handout: 'env',
        metricsAddress: null,
        gpus: gpus.map((each) => each.inventory),
      },
      gpus,
      cardsBlind: null,
      runtimesBlind: new Map([['process', null]]),
      runtimesMet: new Set(['process']),
      running: given.running ?? [],
      layouts: [],
      ...given.world,
    },
    gpuTargets: wanted.gpus,
    wanted: wanted.replicas.map((each) => ({
      target: each,
      slices: (given.slices ?? []).filter((held) => each.slices.includes(held.id)),
      specHash: each.model,
    })),
    replicasGone: new Set(
      (given.replicasGone ?? [])
        .map(replicaGone)
        .flatMap((each) => (each.kind === 'replica' ? [each.replica] : [])),
    ),
    slicesGone: (given.slicesGone ?? []).map(sliceGone).filter((each) => each.kind === 'slice'),
    bindings: given.bindings ?? [],
    records: given.records ?? [],
    intents: [],
    mpsPipes: new Map(gpus.map((each) => [each.uuid, '/pipe'])),
    mpsDefaults: [],
    computeModes: [],
    mpsRecoveries: [],
    config: {
      runtime: 'auto',
      processRuntime: true,
      stopGraceMs: 10_000,
      mpsComputeMode: 'exclusive',
    },
    ...given.input,
  };
}

function stepsOf(given: Case): readonly Step[] {
  return planNode(inputOf(given)).flatMap((unit) => unit.steps);
}

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
            processRuntime: false,
            stopGraceMs: 1,
            mpsComputeMode: 'exclusive',
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

describe('limits of MPS clients', () => {
  const big = slice('big.0', gpuA, shapes.mps(20_000));
  const cards = [card(gpuA, { ...off, actual: { mps: answering } })];
  const silent = [card(gpuA, { ...off, actual: { mps: { ...answering, state: 'silent' } } })];
  const held = [bound(share, gpuA)];
  const told = (memoryMib: number, over: Partial<MpsDefaultsRecord> = {}) => ({
    input: {
      mpsDefaults: [{ gpu: gpuA, incarnation: 'd1', smPercent: 25, memoryMib, ...over }],
    },
  });
  const asr = replica('asr', [share]);
  const two = replica('asr', [share], { processes: 2 });
  const llm = replica('llm', [big]);
  const asrRuns = { running: [running('asr')], records: [recordOf('asr', [share])] };
  const limit = (smPercent: number, memoryMib: number): string =>
    `let a client on ${gpuA} use at most ${smPercent}% of the SMs and ${memoryMib}MiB`;
  const bind = (of: Slice): string => `bind slice ${of.id} to ${gpuA}`;
  const cases: readonly {
    readonly name: string;
    readonly given: Case;
    readonly want: readonly string[];
  }[] = [
    {
      name: 'the first replica starts once the daemon is told',
      given: { cards: silent, slices: [share], replicas: [asr] },
      want: [
        `start the MPS daemon of ${gpuA}`,
        bind(share),
        limit(25, 10_000),
        'start replica asr-00000001 as process',
      ],
    },
    {
      name: 'a share is divided among the processes that use it',
      given: { cards, slices: [share], replicas: [two], bindings: held },
      want: [limit(12, 5_000), 'start replica asr-00000001 as process'],
    },
    {
      name: 'a replica with a larger share waits until the limit is raised; those that run are left alone',
      given: {
        ...asrRuns,
        ...told(10_000),
        cards,
        slices: [share, big],
        replicas: [asr, llm],
        bindings: held,
      },
      want: [bind(big), limit(25, 20_000), 'start replica llm-00000001 as process'],
    },
    {
      name: 'a replica with a smaller share changes nothing',
      given: {
        ...told(20_000),
        cards,
        slices: [share, big],
        replicas: [asr, llm],
        bindings: [...held, bound(big, gpuA)],
        running: [running('llm')],
        records: [recordOf('llm', [big])],
      },
      want: ['start replica asr-00000001 as process'],
    },
    {
      name: 'the limit is lowered when the largest has left',
      given: {
        ...asrRuns,
        ...told(20_000),
        cards,
        slices: [share],
        replicas: [asr],
        bindings: held,
      },
      want: [limit(25, 10_000)],
    },
    {
      name: 'it stays while the largest is on its way out',
      given: {
        ...told(20_000),
        cards,
        slices: [share],
        replicas: [asr],
        bindings: [...held, bound(big, gpuA)],
        running: [running('asr'), running('llm')],
        records: [recordOf('asr', [share]), recordOf('llm', [big])],
        replicasGone: ['llm'],
        slicesGone: [big],
      },
      want: ['stop replica llm-00000001'],
    },
    {
      name: 'a replica that left the target and still runs is not clamped',
      given: {
        ...told(20_000),
        cards,
        slices: [share],
        replicas: [asr],
        bindings: [...held, bound(big, gpuA)],
        running: [running('asr'), running('llm')],
        records: [recordOf('asr', [share]), recordOf('llm', [big])],
      },
      want: [],
    },
    {
      name: 'another daemon is told again',
      given: {
        ...asrRuns,
        ...told(10_000, { incarnation: 'd0' }),
        cards,
        slices: [share],
        replicas: [asr],
        bindings: held,
      },
      want: [limit(25, 10_000)],
    },
    {
      name: 'a daemon that is started again is told again, whatever is written down',
      given: {
        ...told(10_000),
        cards: silent,
        slices: [share],
        replicas: [asr],
        bindings: held,
      },
      want: [
        `start the MPS daemon of ${gpuA}`,
        limit(25, 10_000),
        'start replica asr-00000001 as process',
      ],
    },
    {
      name: 'what is told already is not told again',
      given: {
        ...asrRuns,
        ...told(10_000),
        cards,
        slices: [share],
        replicas: [asr],
        bindings: held,
      },
      want: [],
    },
    {
      name: 'a slice that nobody uses bounds nobody',
      given: { cards, slices: [share], bindings: held },
      want: [],
    },
    {
      name: 'observe tells a daemon nothing',
      given: {
        ...asrRuns,
        cards: [
          card(gpuA, {
            inventory: { ...off.inventory, authority: 'observe' },
            actual: { mps: answering },
          }),
        ],
        slices: [share],
        replicas: [asr],
        bindings: held,
      },
      want: [],
    },
  ];
  test.for(cases)('$name', ({ given, want }) => {
    expect(stepsOf(given).map(renderStep)).toEqual(want);
  });

  test('each limit by itself: most SMs and most memory may be promised to different replicas', () => {
    const wide: Slice = { ...big, shape: { kind: 'mps', memoryMib: 1_000, smPercent: 60 } };
    const given: Case = {
      cards,
      slices: [share, wide],
      replicas: [asr, llm],
      bindings: [...held, bound(wide, gpuA)],
    };
    expect(stepsOf(given)[0]).toEqual({
      kind: 'setMpsDefaults',
      gpu: gpuA,
      smPercent: 60,
      memoryMib: 10_000,
    });
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
