import { describe, expect, test } from 'vitest';
import { renderEventLine, renderEvents } from '../../../../coordinator/cli/render-events.ts';
import {
  gpuIndices,
  modelState,
  renderModel,
  renderModels,
  renderReplicas,
} from '../../../../coordinator/cli/render-models.ts';
import { renderWhy } from '../../../../coordinator/cli/why-render.ts';
import {
  renderGpus,
  renderNode,
  renderNodes,
  renderSlices,
} from '../../../../coordinator/cli/render-nodes.ts';
import { renderPlan } from '../../../../coordinator/cli/render-plan.ts';
import { isReady, progressText } from '../../../../coordinator/cli/wait-ready.ts';
import type { Gpu__Output } from '../../../../shared/wire/generated/tangram/v1/Gpu.ts';
import type { Model__Output } from '../../../../shared/wire/generated/tangram/v1/Model.ts';
import type { Node__Output } from '../../../../shared/wire/generated/tangram/v1/Node.ts';
import type { Replica__Output } from '../../../../shared/wire/generated/tangram/v1/Replica.ts';
import type { SliceShape__Output } from '../../../../shared/wire/generated/tangram/v1/SliceShape.ts';

const mig: SliceShape__Output = {
  kind: 'mig',
  mig: { giProfileId: 14, start: 2, profile: '2g.10gb', size: 2, memoryMib: '9856' },
};

function replica(change: Partial<Replica__Output> = {}): Replica__Output {
  return {
    replica: 'alpha-1',
    model: 'alpha',
    modelVersion: '1',
    node: 'node-a',
    slices: [{ slice: 's', incarnation: '1', node: 'node-a', gpuUuid: 'GPU-1', shape: mig }],
    phase: 'REPLICA_PHASE_READY',
    reason: '',
    address: '127.0.0.1:2000',
    restarts: 0,
    startedAtMs: '60000',
    readyAtMs: '64000',
    retiring: false,
    runtime: 'process',
    runtimeId: '7',
    ...change,
  };
}

function model(
  status: Partial<NonNullable<Model__Output['status']>> = {},
  change: Partial<Model__Output> = {},
): Model__Output {
  return {
    name: 'alpha',
    labels: {},
    spec: {
      replicas: 1,
      workload: null,
      gpu: {
        memoryMib: '9216',
        computePercent: 20,
        isolation: 'ISOLATION_MIG',
        count: 1,
        processes: 1,
        models: [],
      },
      priority: 100,
      placement: null,
      disruption: null,
    },
    version: '1',
    rolloutVersion: '1',
    etag: '9',
    createdAtMs: '0',
    updatedAtMs: '0',
    status: {
      replicasWanted: 1,
      replicasPlaced: 1,
      replicasReady: 1,
      pendingReason: '',
      deleting: false,
      replicas: [replica()],
      ...status,
    },
    ...change,
  };
}

const card: Gpu__Output = {
  uuid: 'GPU-1',
  index: 3,
  productName: 'NVIDIA A30',
  pciBusId: '',
  memoryTotalMib: '24576',
  memoryForeignMib: '0',
  mode: 'mig',
  authority: 'cut',
  health: 'degraded',
  healthReason: 'row remap pending',
  layoutRevision: '1',
  slices: [
    {
      slice: 's',
      shape: mig,
      enforcement: 'hardware',
      deviceUuid: 'MIG-1',
      replica: 'alpha-1',
      model: 'alpha',
      allocation: '',
      state: 'ready',
    },
    {
      slice: '',
      shape: mig,
      enforcement: 'hardware',
      deviceUuid: 'MIG-2',
      replica: '',
      model: '',
      allocation: '',
      state: 'foreign',
    },
  ],
  outcome: 'failed',
  outcomeDetail: 'in use',
  smCount: 56,
  nvlinkPeers: [],
};

const node: Node__Output = {
  name: 'node-a',
  availability: 'NODE_AVAILABILITY_LOST',
  availabilityReason: 'silent',
  connected: false,
  lastSeenMs: '60000',
  agentVersion: '0.1.0',
  driverVersion: '550',
  cpuMillis: 8_500,
  memoryMib: '16384',
  labels: {},
  runtimes: ['docker'],
  gpuHandout: 'env',
  metricsAddress: '',
  gpus: [card, { ...card, uuid: 'GPU-2', index: 4, slices: [] }],
  generation: '2',
  acceptedGeneration: '1',
  replicas: [replica()],
  imageCount: 0,
  etag: 'ready',
  drain: null,
};

describe('tables', () => {
  test('of replicas say the card by its number and how long a replica runs, and what has no place', () => {
    const pending = model(
      { replicasWanted: 3, replicasPlaced: 1, pendingReason: 'no card has 9.0GiB', replicas: [] },
      { name: 'beta' },
    );
    const starting = model({
      replicas: [
        replica({ phase: 'REPLICA_PHASE_STARTING', retiring: true, address: '', startedAtMs: '0' }),
      ],
    });
    expect(renderReplicas([model(), starting, pending], gpuIndices([node]), 180_000)).toBe(
      `REPLICA  MODEL  NODE    GPU  SLICE          PHASE               RESTARTS  AGE  ADDRESS         REASON
alpha-1  alpha  node-a  3    mig 2g.10gb@2  ready               0         2m   127.0.0.1:2000  -
alpha-1  alpha  node-a  3    mig 2g.10gb@2  starting, retiring  0         -    -               -
-        beta   -       -    -              pending x2          -         -    -               no card has 9.0GiB
`,
    );
  });

  test('of models say what each needs and how it is', () => {
    const { spec } = model();
    if (spec === null) throw new Error('no spec');
    const cpu = model({}, { name: 'on-cpu', spec: { ...spec, gpu: null } });
    expect(renderModels([model(), cpu])).toBe(
      `MODEL   VERSION  READY  PLACED  WANTED  GPU             PRIORITY  STATE  REASON
alpha   1        1      1       1       9.0GiB 20% mig  100       ready  -
on-cpu  1        1      1       1       none            100       ready  -
`,
    );
  });

  test('of nodes, cards and slices', () => {
    expect(renderNodes([node], 180_000)).toBe(
      `NODE    STATE  LINK  SEEN  GPUS           CPU  MEMORY   REPLICAS  RUNTIMES  AGENT  REASON
node-a  lost   down  2m    2x NVIDIA A30  8.5  16.0GiB  1         docker    0.1.0  silent
`,
    );
    expect(renderGpus([node])).toBe(
      `NODE    GPU  PRODUCT     MODE  AUTHORITY  HEALTH                       MEMORY   HELD    FOREIGN  SLICES  UUID   OUTCOME
node-a  3    NVIDIA A30  mig   cut        degraded: row remap pending  24.0GiB  9.6GiB  0MiB     2       GPU-1  failed: in use
node-a  4    NVIDIA A30  mig   cut        degraded: row remap pending  24.0GiB  0MiB    0MiB     0       GPU-2  failed: in use
`,
    );
    expect(renderSlices([node])).toBe(
      `NODE    GPU  SLICE          MEMORY  ENFORCED  STATE    MODEL  REPLICA  DEVICE
node-a  3    mig 2g.10gb@2  9.6GiB  hardware  ready    alpha  alpha-1  MIG-1
node-a  3    mig 2g.10gb@2  9.6GiB  hardware  foreign  -      -        MIG-2
`,
    );
  });

  test('of events are in order, with times that machines read too', () => {
    const event = { id: '1', atMs: '0', kind: 'placed', subject: 'models/a', message: 'on node-a' };
    expect(renderEvents([event])).toBe(
      `TIME                      KIND    SUBJECT   MESSAGE
1970-01-01T00:00:00.000Z  placed  models/a  on node-a
`,
    );
    expect(renderEventLine(event)).toBe('1970-01-01T00:00:00.000Z  placed  models/a  on node-a\n');
  });
});

test('a plan shows its steps in order and its price', () => {
  const plan = {
    plan: 'p',
    stages: [
      {
        title: 'give back',
        steps: [{ kind: 'stop-replica', node: 'node-a', text: 'stop alpha-1' }],
        until: 'replicas stopped',
        abortsOn: ['deadline'],
        deadlineMs: '60000',
      },
      {
        title: 'take',
        steps: [
          { kind: 'create-slice', node: 'node-a', text: 'create mig 2g.10gb@2 on GPU 3' },
          { kind: 'brand-new', node: 'node-b', text: 'something newer' },
        ],
        until: 'slices ready',
        abortsOn: ['deadline'],
        deadlineMs: '60000',
      },
    ],
    kind: 'apply',
    price: {
      replicasInterrupted: 1,
      interruptions: [
        { replica: 'alpha-1', model: 'alpha', estimatedMs: '2500', why: 'its place is needed' },
      ],
      estimatedMs: '2500',
      estimates: 'stated',
      strandedBeforeMilli: '0',
      strandedAfterMilli: '0',
      moves: 1,
      preemptions: 0,
      learnedStarts: 0,
    },
    cards: [],
    fitsIf: '',
    expiresAtMs: '0',
    unplaced: '1 of 2 replicas: no card has room',
  };
  const subject = 'model alpha: update';
  expect(renderPlan([{ mark: '~', subject, plan, remark: 'one waits' }])).toBe(
    `~ model alpha: update
    1. give back
       - node-a: stop alpha-1
    2. take
       + node-a: create mig 2g.10gb@2 on GPU 3
       ? node-b: something newer
    interrupts 1 replica, about 2.5s in all
       ! alpha-1: for about 2.5s (its place is needed)
    bytes to fetch unknown; stranded 0.00 before, 0.00 after (cards); estimates stated
    waits: 1 of 2 replicas: no card has room
    one waits
`,
  );
  expect(
    renderPlan([{ mark: '=', subject: 'model alpha: no change', plan: null, remark: '' }]),
  ).toBe('= model alpha: no change\n');
});

test('why says the dominant reason, what would help and what was passed over', () => {
  expect(
    renderWhy({
      name: 'alpha',
      replicasWanted: 2,
      replicasPlaced: 1,
      replicasReady: 1,
      placed: ['alpha-1 on node-a: ready', 'alpha-2 on node-b: ending'],
      refusal: 'no card has room',
      nearest: 'free start 4 on node-b/GPU0 by moving ocr-1 to node-a; or ask for 4GiB',
      evidence: [
        { reason: 'memory', counted: 'gpu', count: 2, example: 'needs 9216MiB' },
        { reason: 'label', counted: 'node', count: 1, example: 'zone is eu-2' },
      ],
      places: [
        {
          replica: 'alpha-1',
          decision: '12',
          why: 'node-a costs 100 now, the next best is node-b with 240',
          toMove: 'tangram drain node-a would take it to node-b',
          evidence: [{ reason: 'memory', counted: 'gpu', count: 3, example: 'needs 9216MiB' }],
        },
      ],
    }),
  ).toBe(
    `alpha: 1 of 2 replicas placed, 1 ready
pending: no card has room
passed over:
  WHAT    BECAUSE  EXAMPLE
  2 gpus  memory   needs 9216MiB
  1 node  label    zone is eu-2
would help: free start 4 on node-b/GPU0 by moving ocr-1 to node-a
        or: ask for 4GiB
  alpha-1 on node-a: ready
    because: node-a costs 100 now, the next best is node-b with 240 (decision 12: tangram replay 12)
    to move: tangram drain node-a would take it to node-b
    passed over: 3 gpus, memory: needs 9216MiB
  alpha-2 on node-b: ending
`,
  );
});

test.for([
  { name: 'deleting', status: { deleting: true }, want: 'deleting' },
  { name: 'without a place', status: { replicasPlaced: 0 }, want: 'pending' },
  { name: 'not ready', status: { replicasReady: 0 }, want: 'starting' },
  { name: 'ready', status: {}, want: 'ready' },
])('a model that is $name is $want', ({ status, want }) => {
  expect(modelState(model(status))).toBe(want);
});

describe('waiting', () => {
  test.for([
    { name: 'every replica of this version is ready', replicas: [replica()], want: true },
    {
      name: 'one is starting',
      replicas: [replica({ phase: 'REPLICA_PHASE_STARTING' })],
      want: false,
    },
    {
      name: 'only the old version serves',
      replicas: [replica({ modelVersion: '0' })],
      want: false,
    },
    {
      name: 'the ready one is on its way out',
      replicas: [replica({ retiring: true })],
      want: false,
    },
    { name: 'there is none', replicas: [], want: false },
  ])('is over: $want, when $name', ({ replicas, want }) => {
    expect(isReady(model({ replicas }), 1)).toBe(want);
  });

  test('is over where a newer version changed nothing of what runs', () => {
    const old = { replicas: [replica({ modelVersion: '1' })] };
    expect(isReady({ ...model(old), version: '2', rolloutVersion: '1' }, 2)).toBe(true);
    expect(isReady({ ...model(old), version: '2', rolloutVersion: '2' }, 2)).toBe(false);
  });

  test('is not over while an older version is what is seen', () => {
    expect(isReady(model(), 2)).toBe(false);
  });

  test('says what it waits for', () => {
    const pulling = replica({ phase: 'REPLICA_PHASE_PULLING', reason: '3 of 5 layers' });
    expect(progressText(model({ replicasReady: 0, replicas: [pulling] }))).toBe(
      '0 of 1 replica ready; alpha-1 pulling: 3 of 5 layers',
    );
    expect(progressText(model({ replicasReady: 0, pendingReason: 'no room', replicas: [] }))).toBe(
      '0 of 1 replica ready; pending: no room',
    );
  });
});

test('a described node says which cards NVLink and NUMA join, and how many images it holds', () => {
  const joinedTo = (...peers: readonly number[]) =>
    peers.map((index) => ({ gpuUuid: `GPU-${index}`, links: 12 }));
  const cards = [[1], [0, 2], [1], [], [5], [4]].map((peers, index) => ({
    ...card,
    uuid: `GPU-${index}`,
    index,
    slices: [],
    nvlinkPeers: joinedTo(...peers),
    ...(index === 3 ? {} : { numaNode: index < 3 ? 0 : 1 }),
  }));
  const text = renderNode({ ...node, gpus: cards, imageCount: 7 }, { events: [], nowMs: 0 });
  expect(text).toMatch(/^images +7$/m);
  expect(text).toMatch(/^nvlink +0,1,2 \(NV12\); 4,5 \(NV12\)$/m);
  expect(text).toMatch(/^numa +node 0: 0,1,2; node 1: 4,5$/m);
  expect(renderNode(node, { events: [], nowMs: 0 })).not.toMatch(/^(nvlink|numa)/m);
});

test.for([
  [null, 'never'],
  [{ kind: 'DISRUPTION_KIND_IDLE', budgetSeconds: '0' }, 'idle'],
  [{ kind: 'DISRUPTION_KIND_BUDGET', budgetSeconds: '60' }, 'budget:60s'],
] as const)(
  'a described model says its rules as the manifest spells them: %o',
  ([disruption, want]) => {
    const { spec, ...rest } = model();
    if (spec === null) throw new Error('a model has a spec');
    const placement = {
      spread: 'SPREAD_ZONE',
      maxPerNode: 0,
      constraints: {},
      antiAffinity: ['ocr', 'asr'],
    } as const;
    const why = {
      name: 'alpha',
      replicasWanted: 1,
      replicasPlaced: 1,
      replicasReady: 1,
      placed: [],
      places: [],
      refusal: '',
      nearest: '',
      evidence: [],
    };
    const shown = {
      ...rest,
      spec: {
        ...spec,
        placement: { ...placement, antiAffinity: [...placement.antiAffinity] },
        disruption,
      },
    };
    const text = renderModel(shown, { why, events: [], indices: new Map(), nowMs: 0 });
    expect(text).toMatch(/^spread +over zones$/m);
    expect(text).toMatch(/^apart from +ocr, asr$/m);
    expect(text).toMatch(new RegExp(`^disruption +${want}$`, 'm'));
  },
);
