import { expect, test } from 'vitest';
import { noHealthMemory } from '../../../../agent/health/memory.ts';
import { assemble, blindRoundsMax } from '../../../../agent/observe/assemble.ts';
import type {
  Answers,
  CardAnswers,
  NodeMemory,
  RunningReplica,
} from '../../../../agent/observe/world.ts';
import type { GpuRow, MigInstanceRow } from '../../../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import { parseBootId, parseGpuUuid } from '../../../../shared/domain/ids.ts';
import type { SliceShape } from '../../../../shared/domain/slice.ts';
import { gpuA, gpuRow, modelName, must, node, replicaId } from '../../../fakes/agent/fake-core.ts';
import { shapes, slice } from '../../../fakes/agent/targets.ts';

const bootId = must(parseBootId('boot-1'));

const memory: NodeMemory = {
  node,
  agentVersion: '0.1.0',
  labels: { zone: 'a' },
  handout: 'env',
  mpsOffered: true,
  metricsAddress: '127.0.0.1:9100',
  authority: 'place',
  authorityByGpu: {},
  runtimesAllowed: ['docker', 'process'],
  bindings: [],
  layouts: [],
  mpsCards: [],
  busyGpus: new Set(),
  marked: [],
  allocatedPids: new Map(),
  health: noHealthMemory,
  previous: null,
};

const a100 = {
  productName: 'NVIDIA A100-SXM4-40GB',
  memoryTotalMib: 40_960,
  migEnabled: false,
  migPending: false,
};

function answers(
  row: Partial<GpuRow>,
  more: {
    readonly instances?: readonly MigInstanceRow[];
    readonly processes?: readonly { readonly pid: number; readonly name?: string }[];
    readonly running?: readonly RunningReplica[];
    readonly mpsAnswers?: boolean;
  } = {},
): Answers {
  const processes = (more.processes ?? []).map(({ pid, name }) => ({
    gpu: gpuA,
    pid,
    name: name ?? 'python3',
    memoryUsedMib: 1_000,
  }));
  const daemon = {
    gpu: gpuA,
    pipeDirectory: '/p',
    answering: more.mpsAnswers ?? false,
    incarnation: more.mpsAnswers === true ? 'd1' : null,
    servers: [],
    clientPids: [],
    waiting: [],
    fault: null,
    orphans: [],
  };
  return {
    wallMs: 1_000,
    host: {
      kind: 'seen',
      value: {
        hostname: 'h',
        bootId,
        cpuCount: 4,
        memoryTotalMib: 8_192,
        kernel: '6',
        operatingSystem: 'Debian',
      },
    },
    cards: {
      kind: 'seen',
      value: {
        gpus: [gpuRow({ ...a100, ...row })],
        processes: { kind: 'seen', value: processes },
        instances: { kind: 'seen', value: more.instances ?? [] },
        geometries: new Map(),
        topology: null,
      },
    },
    mps: new Map([[gpuA, { kind: 'seen', value: daemon }]]),
    runtimes: new Map([['process', { kind: 'seen', value: more.running ?? [] }]]),
    images: [],
    timings: {},
  };
}

function instance(giProfileId: number, start: number, gpuInstanceId = 1): MigInstanceRow {
  return {
    gpuIndex: 0,
    gpuInstanceId,
    giProfileId,
    profile: '3g.20gb',
    start,
    size: 4,
    computeInstanceIds: [0],
    computeProfiles: ['3g.20gb'],
    uuid: `MIG-${gpuInstanceId}`,
  };
}

function bound(shape: SliceShape) {
  const held = slice('a.0', gpuA, shape);
  return { slice: held, bootId, gpuInstanceId: 1, deviceUuid: 'x', adopted: false };
}

const mig = { migEnabled: true, migPending: true };

test.for([
  { name: 'nothing', row: {}, more: {}, bindings: [], mode: 'idle' },
  { name: 'a stranger', row: {}, more: { processes: [{ pid: 7 }] }, bindings: [], mode: 'foreign' },
  { name: 'a whole slice', row: {}, more: {}, bindings: [bound(shapes.whole)], mode: 'whole' },
  { name: 'a share', row: {}, more: {}, bindings: [bound(shapes.mps(1))], mode: 'mps' },
  {
    name: 'a timeshare',
    row: {},
    more: {},
    bindings: [bound({ kind: 'timeshare', memoryMib: 1 })],
    mode: 'timeshare',
  },
  { name: 'MIG and no instance', row: mig, more: {}, bindings: [], mode: 'mig' },
  {
    name: "a stranger's instance",
    row: mig,
    more: { instances: [instance(9, 0)] },
    bindings: [],
    mode: 'mig',
  },
  {
    name: "a stranger's instance at work",
    row: mig,
    more: { instances: [instance(9, 0)], processes: [{ pid: 7 }] },
    bindings: [],
    mode: 'foreign',
  },
  {
    name: 'our instance beside a stranger',
    row: mig,
    more: { instances: [instance(9, 0), instance(9, 4, 2)], processes: [{ pid: 7 }] },
    bindings: [bound(shapes.half(0))],
    mode: 'mig',
  },
])('a card with $name is $mode', ({ row, more, bindings, mode }) => {
  const world = assemble(answers(row, more), { ...memory, bindings });
  expect(world?.inventory.gpus[0]?.mode).toBe(mode);
});

test('memory is foreign when its process belongs to no replica and is no daemon of ours', () => {
  const running: RunningReplica = {
    replica: replicaId,
    model: modelName,
    modelVersion: 1,
    specHash: 'h',
    runtimeId: 'r',
    state: 'running',
    exitCode: null,
    pids: [10, 11],
    address: null,
    deviceUuids: [gpuA],
    startedAtMs: 0,
    lastOutput: '',
  };
  const processes = [
    { pid: 10 },
    { pid: 11 },
    { pid: 12 },
    { pid: 13, name: '/usr/bin/nvidia-cuda-mps-server' },
  ];
  const more = { processes, running: [running], mpsAnswers: true };
  const owned = assemble(answers({}, more), { ...memory, mpsCards: [gpuA] });
  expect(owned?.gpus[0]?.foreignProcesses.map((each) => each.pid)).toEqual([12]);
  expect(owned?.inventory.gpus[0]).toMatchObject({ memoryForeignMib: 1_000, mpsActive: true });
  const theirs = assemble(answers({}, more), memory);
  expect(theirs?.gpus[0]?.foreignProcesses.map((each) => each.pid)).toEqual([12, 13]);
});

test('an instance is ours by its place, in this boot only', () => {
  const seen = answers(mig, { instances: [instance(9, 0, 1), instance(9, 4, 2)] });
  const mine = bound(shapes.half(4));
  const slices = (bindings: NodeMemory['bindings']) =>
    assemble(seen, { ...memory, bindings })?.inventory.gpus[0]?.instances.map((each) => each.slice);
  expect(slices([mine])).toEqual([null, 'a.0']);
  expect(slices([{ ...mine, bootId: must(parseBootId('boot-0')) }])).toEqual([null, null]);
});

test('what a reboot takes away is no drift; what is there besides is', () => {
  const look = (rows: readonly MigInstanceRow[], row: object = mig) => {
    const before = {
      gpu: gpuA,
      revision: 4,
      driftRevision: 2,
      fingerprint: 'mig:9@0#1,9@4#2',
      shapeExpected: 'mig:9@0,9@4',
      bootId: must(parseBootId('boot-0')),
    };
    return assemble(answers(row, { instances: rows }), { ...memory, layouts: [before] })?.layouts;
  };
  expect(look([])).toMatchObject([
    { revision: 5, driftRevision: 2, bootId, shapeExpected: 'mig:' },
  ]);
  expect(look([], { ...mig, migEnabled: false })).toMatchObject([{ driftRevision: 2 }]);
  expect(look([instance(9, 4)])).toMatchObject([{ driftRevision: 2 }]);
  expect(look([instance(14, 4)])).toMatchObject([{ driftRevision: 5 }]);
});

test('the layout revision grows with every change, the drift revision with those of strangers', () => {
  const look = (rows: readonly MigInstanceRow[], layouts: NodeMemory['layouts']) =>
    assemble(answers(mig, { instances: rows }), { ...memory, layouts })?.layouts ?? [];
  const [first] = look([], []);
  expect(first).toMatchObject({ revision: 1, driftRevision: 1, shapeExpected: 'mig:' });
  if (first === undefined) throw new Error('a layout');
  expect(look([], [first])).toEqual([first]);
  const ours = look([instance(9, 0)], [{ ...first, shapeExpected: 'mig:9@0' }]);
  expect(ours).toMatchObject([{ revision: 2, driftRevision: 1 }]);
  const theirs = look([instance(9, 0)], [first]);
  expect(theirs).toMatchObject([{ revision: 2, driftRevision: 2 }]);
  // Destroyed and made again in one place: the driver's id tells.
  const [again] = look([instance(9, 0, 5)], ours);
  expect(again?.revision).toBe(3);
  // A card that a step is changing is looked at when it is done.
  const busy = assemble(answers(mig, { instances: [instance(9, 0)] }), {
    ...memory,
    layouts: [first],
    busyGpus: new Set([gpuA]),
  });
  expect(busy?.layouts).toEqual([first]);
});

test('a card that cannot be read keeps what was known, and after a while takes nothing new', () => {
  const first = assemble(answers({}), memory);
  const silent: Answers = { ...answers({}), cards: { kind: 'blind', reason: 'hangs' } };
  let world = first;
  for (let round = 1; round <= blindRoundsMax; round += 1) {
    world = assemble(silent, { ...memory, previous: world });
    const failed = round >= blindRoundsMax;
    expect(world?.gpus[0]).toMatchObject({ blind: 'hangs', blindRounds: round });
    expect(world?.inventory.gpus[0]?.health).toEqual(
      failed ? { state: 'failed', reason: 'hangs' } : { state: 'ok' },
    );
  }
  expect(assemble(answers({}), { ...memory, previous: world })?.gpus[0]?.blind).toBeNull();
});

test('a lost card alone is blind, and its health says so', () => {
  const world = assemble(answers({ error: 'GPU is lost' }), memory);
  expect(world?.gpus[0]?.blind).toBe('GPU is lost');
  expect(world?.inventory.gpus[0]?.health).toEqual({ state: 'failed', reason: 'GPU is lost' });
});

test('nothing is concluded before the host itself has been read', () => {
  const blind: Answers = { ...answers({}), host: { kind: 'blind', reason: 'no /proc' } };
  expect(assemble(blind, memory)).toBeNull();
  const known = assemble(answers({}), memory);
  expect(assemble(blind, { ...memory, previous: known })?.inventory.cpuMillis).toBe(4_000);
});

test('a runtime that is away keeps its replicas, and is not offered', () => {
  const known = assemble(
    {
      ...answers({}),
      runtimes: new Map([['docker', { kind: 'seen', value: [] }]]),
    },
    memory,
  );
  expect(known?.inventory.runtimes).toEqual(['docker']);
  const away = assemble(
    { ...answers({}), runtimes: new Map([['docker', { kind: 'blind', reason: 'no socket' }]]) },
    { ...memory, previous: known },
  );
  expect(away?.inventory.runtimes).toEqual([]);
  expect(away?.runtimesBlind.get('docker')).toBe('no socket');
  expect(away?.runtimesMet.has('docker')).toBe(true);
});

test('the table of cards stands in where the node cannot tell how it is cut', () => {
  const world = assemble(answers({}), memory);
  expect(world?.inventory.gpus[0]?.geometry?.placementUnits).toBe(8);
  const l40s = assemble(answers({ productName: 'NVIDIA L40S', migEnabled: null }), memory);
  expect(l40s?.inventory.gpus[0]?.geometry).toBeNull();
});

test('cards that NVLink joins are told by UUID, and what is not known is said so', () => {
  const gpuB = must(parseGpuUuid('GPU-0000000b'));
  const plain = answers({});
  if (plain.cards.kind !== 'seen') throw new Error('the cards are seen');
  const { value: cards } = plain.cards;
  const [first] = cards.gpus;
  if (first === undefined) throw new Error('there is a card');
  const rows = [first, { ...first, index: 1, uuid: gpuB }];
  const told = (topology: CardAnswers['topology']) =>
    assemble(
      {
        ...plain,
        images: ['vad:1'],
        cards: { kind: 'seen', value: { ...cards, gpus: rows, topology } },
      },
      memory,
    );
  const joined = told(
    new Map([
      // Card 7 is in the matrix and not in the list: it has fallen off the bus.
      [
        0,
        {
          nvlinks: new Map([
            [1, 12],
            [7, 12],
          ]),
          numaNode: 0,
        },
      ],
      [1, { nvlinks: new Map([[0, 12]]), numaNode: null }],
    ]),
  );
  expect(joined?.inventory.images).toEqual(['vad:1']);
  expect(
    joined?.gpus.map(({ nvlinkPeers, inventory }) => [
      nvlinkPeers,
      inventory.nvlinkPeers,
      inventory.numaNode,
    ]),
  ).toEqual([
    [[1, 7], [{ gpu: gpuB, links: 12 }], 0],
    [[0], [{ gpu: gpuA, links: 12 }], null],
  ]);
  expect(
    told(null)?.gpus.map(({ nvlinkPeers, inventory }) => [nvlinkPeers, inventory.nvlinkPeers]),
  ).toEqual([
    [null, []],
    [null, []],
  ]);
});
