import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import type { Inventory } from '../../../../shared/domain/inventory.ts';
import type { ModelSpec } from '../../../../shared/domain/model.ts';
import type {
  AllocationTarget,
  LeftClaim,
  NodeStatus,
  NodeTarget,
} from '../../../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../../../shared/domain/replica-state.ts';
import type { Result } from '../../../../shared/domain/result.ts';
import { decodeInventory, encodeInventory } from '../../../../shared/wire/inventory-codec.ts';
import { decodeModel, encodeModelSpec } from '../../../../shared/wire/model-codec.ts';
import { linkService, schedulerService } from '../../../../shared/wire/services.ts';
import { decodeStatus, encodeStatus } from '../../../../shared/wire/status-codec.ts';
import { decodeTarget, encodeTarget } from '../../../../shared/wire/target-codec.ts';

// Through bytes, as between two processes: what the loader does to absent fields, enums and 64-bit numbers counts.
const up = (message: object) =>
  linkService.Control.requestDeserialize(linkService.Control.requestSerialize(message));
const down = (message: object) =>
  linkService.Control.responseDeserialize(linkService.Control.responseSerialize(message));
const apply = (message: object) =>
  schedulerService.ApplyModel.requestDeserialize(
    schedulerService.ApplyModel.requestSerialize(message),
  );

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('the message lost its body');
  return value;
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.path ?? ''}: ${result.problem.message}`);
  return result.value;
}

// Ids are branded by guards; tests write them as text.
const id = <T>(text: string): T => text as T;

const inventory: Inventory = {
  node: id('node-a'),
  bootId: id('b-1'),
  agentVersion: '0.1.0',
  driverVersion: null,
  cpuMillis: 16_000,
  memoryMib: 128 * 1024,
  labels: { zone: 'eu-1' },
  runtimes: ['docker', 'process'],
  handout: 'env',
  metricsAddress: null,
  images: ['ocr:2', 'sentiment@sha256:0a1b'],
  gpus: [
    {
      uuid: id('GPU-1'),
      index: 0,
      productName: 'NVIDIA A100-SXM4-40GB',
      pciBusId: '00000000:07:00.0',
      memoryTotalMib: 40_960,
      memoryForeignMib: 0,
      smCount: 108,
      mode: 'mig',
      authority: 'cut',
      health: { state: 'degraded', reason: 'row remap pending' },
      migEnabled: true,
      layoutRevision: 3,
      geometry: migGeometries['A100-40GB'],
      instances: [
        {
          giProfileId: 19,
          start: 6,
          size: 1,
          profile: '1g.5gb',
          memoryMib: 4864,
          gpuInstanceId: 13,
          computeInstanceIds: [0],
          uuid: null,
          slice: id('c.0'),
        },
      ],
      mpsActive: false,
      mpsOffered: true,
      nvlinkPeers: [{ gpu: id('GPU-2'), links: 12 }],
      numaNode: 0,
    },
  ],
};

const spec: ModelSpec = {
  name: id('sentiment'),
  labels: { team: 'nlp' },
  replicas: 2,
  workload: {
    image: 'sentiment:1.4.0',
    command: null,
    args: ['--fast'],
    env: { MODEL_VERSION: 'production' },
    port: 8000,
    health: { path: '/healthz', startupDeadlineMs: 300_000 },
    cpuMillis: 2000,
    memoryMib: 8192,
    mounts: [{ source: '/data/models', target: '/models', readOnly: true }],
    writableRoot: true,
  },
  gpu: {
    memoryMib: 9216,
    computePercent: 20,
    isolation: 'mps',
    count: 1,
    processes: 1,
    models: ['A100-80GB'],
  },
  priority: 100,
  placement: {
    spread: 'node',
    maxPerNode: 1,
    antiAffinity: [id('ocr')],
    constraints: { zone: 'eu-1' },
  },
  disruption: { kind: 'budget', seconds: 60 },
};

const target: NodeTarget = {
  clusterId: id('c1'),
  epoch: 2,
  generation: 7,
  node: id('node-a'),
  gpus: [
    {
      gpu: id('GPU-1'),
      layoutRevision: 3,
      mode: 'mps',
      slices: [
        {
          id: id('c.0'),
          incarnation: 1,
          node: id('node-a'),
          gpu: id('GPU-1'),
          shape: { kind: 'mps', memoryMib: 9216, smPercent: 20 },
        },
      ],
    },
  ],
  replicas: [
    {
      replica: id('sentiment-1'),
      model: id('sentiment'),
      modelVersion: 4,
      workload: spec.workload,
      slices: [id('c.0')],
      processes: 2,
    },
  ],
  tombstones: [
    { kind: 'replica', replica: id('old-1') },
    { kind: 'slice', slice: id('o.0'), incarnation: 2, gpu: id('GPU-1') },
    {
      kind: 'instance',
      gpu: id('GPU-1'),
      giProfileId: 0,
      start: 0,
      gpuInstanceId: 5,
      layoutRevision: 9,
    },
  ],
};

const status: NodeStatus = {
  node: id('node-a'),
  acceptedEpoch: 2,
  acceptedGeneration: 7,
  gpus: [{ gpu: id('GPU-1'), outcome: 'waiting', detail: 'image is being pulled' }],
  slices: [
    {
      slice: id('c.0'),
      incarnation: 1,
      gpu: id('GPU-1'),
      phase: 'absent',
      deviceUuid: null,
      reason: '',
    },
  ],
  tombstonesDone: [{ kind: 'replica', replica: id('old-1') }],
};

const replicas: readonly ReplicaStatus[] = [
  {
    replica: id('sentiment-1'),
    model: id('sentiment'),
    generation: 7,
    phase: 'ready',
    reason: '',
    runtime: 'process',
    runtimeId: '4711',
    address: '127.0.0.1:4000',
    restarts: 1,
    startedAtMs: 1_700_000_000_000,
    readyAtMs: 1_700_000_004_000,
    idleSeconds: 0,
  },
];

describe('what goes over the wire comes back the same', () => {
  test('an inventory', () => {
    const message = present(up({ inventory: encodeInventory(inventory) }).inventory);
    expect(value(decodeInventory(message))).toEqual(inventory);
  });

  test('a target', () => {
    const message = present(down({ target: encodeTarget(target) }).target);
    expect(value(decodeTarget(message))).toEqual(target);
  });

  test('a status report', () => {
    const message = present(up({ status: encodeStatus(status, replicas) }).status);
    expect(value(decodeStatus(message, id('node-a')))).toEqual({ status, replicas });
  });

  test('what a node was given and told of, with how it was declared', () => {
    const [replica] = target.replicas;
    const slices = present(target.gpus[0]).slices;
    const allocation: AllocationTarget = {
      claim: id('allocation:job-1'),
      allocation: id('job'),
      slices: [id('c.0')],
      processes: 1,
      reclaiming: true,
    };
    const declarations = [{ of: 'models/sentiment', text: '{"priority":7}' }];
    const wanted = { ...target, declarations };
    const sent = present(down({ target: encodeTarget(wanted) }).target);
    expect(value(decodeTarget(sent))).toEqual(wanted);
    const left: readonly LeftClaim[] = [
      {
        epoch: 2,
        holder: { kind: 'replica', target: present(replica) },
        slices,
        declaration: '{}',
      },
      { epoch: 1, holder: { kind: 'allocation', target: allocation }, slices, declaration: null },
    ];
    const message = present(up({ status: encodeStatus({ ...status, left }, replicas) }).status);
    expect(value(decodeStatus(message, id('node-a'))).status).toEqual({ ...status, left });
  });

  test('a model', () => {
    const model = { name: spec.name, labels: spec.labels, spec: encodeModelSpec(spec) };
    expect(value(decodeModel(present(apply({ model }).model)))).toEqual(spec);
  });

  test('whatever the numbers of a slice are', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(100), (memoryMib, smPercent) => {
        const slice = {
          ...present(target.gpus[0]?.slices[0]),
          shape: { kind: 'mps' as const, memoryMib, smPercent },
        };
        const wanted = { ...target, gpus: [{ ...present(target.gpus[0]), slices: [slice] }] };
        const message = present(down({ target: encodeTarget(wanted) }).target);
        expect(value(decodeTarget(message))).toEqual(wanted);
      }),
    );
  });
});

test('what a client leaves out of a placement and a disruption is the default', () => {
  const { placement: _placement, disruption: _disruption, ...rest } = encodeModelSpec(spec);
  const model = { name: spec.name, labels: spec.labels, spec: rest };
  expect(value(decodeModel(present(apply({ model }).model)))).toEqual({
    ...spec,
    placement: { spread: 'none', maxPerNode: 0, antiAffinity: [], constraints: {} },
    disruption: { kind: 'never' },
  });
});

test('what no node needs to tell may be absent', () => {
  const card = { ...present(inventory.gpus[0]), nvlinkPeers: [], numaNode: null };
  const told = { ...inventory, images: [], gpus: [card] };
  const message = present(up({ inventory: encodeInventory(told) }).inventory);
  expect(value(decodeInventory(message))).toEqual(told);
  const silent = replicas.map((each) => ({ ...each, readyAtMs: null, idleSeconds: null }));
  const report = present(up({ status: encodeStatus(status, silent) }).status);
  expect(value(decodeStatus(report, id('node-a')))).toEqual({ status, replicas: silent });
});

test('more images than anybody needs are cut off, and so are names that are none', () => {
  const images = ['', 'x'.repeat(513), ...Array.from({ length: 300 }, (_, at) => `m:${at}`)];
  const message = present(up({ inventory: { ...encodeInventory(inventory), images } }).inventory);
  expect(value(decodeInventory(message)).images).toEqual(images.slice(2, 258));
});

describe('what a peer should not send is one problem that names the field', () => {
  test.for([
    {
      name: 'a mode of a newer coordinator',
      change: { gpus: [{ gpuUuid: 'GPU-1', mode: 99, slices: [] }] },
      path: 'gpus[0].mode',
    },
    {
      name: 'a foreign card as a wish',
      change: { gpus: [{ gpuUuid: 'GPU-1', mode: 'GPU_MODE_FOREIGN' }] },
      path: 'gpus[0].mode',
    },
    { name: 'no cluster', change: { clusterId: '' }, path: 'cluster_id' },
    { name: 'a negative generation', change: { generation: -1 }, path: 'generation' },
    {
      name: 'a number that JS cannot hold',
      change: { generation: '9223372036854775807' },
      path: 'generation',
    },
    { name: 'a tombstone of nothing', change: { tombstones: [{}] }, path: 'tombstones[0].kind' },
    {
      name: 'an instance without its layout',
      change: {
        tombstones: [{ instance: { gpuUuid: 'GPU-1', layoutRevision: '-1' } }],
      },
      path: 'tombstones[0].instance.layout_revision',
    },
    {
      name: 'a replica without a workload',
      change: { replicas: [{ replica: 'r', model: 'm' }] },
      path: 'replicas[0].workload',
    },
  ])('$name', ({ change, path }) => {
    const message = present(down({ target: { ...encodeTarget(target), ...change } }).target);
    const decoded = decodeTarget(message);
    expect(decoded.ok ? 'accepted' : decoded.problem.path).toBe(path);
  });

  test('a model with several mistakes names them all', () => {
    const broken = {
      ...spec,
      replicas: 5_000,
      workload: { ...spec.workload, env: { CUDA_VISIBLE_DEVICES: '0' } },
    };
    const model = { name: spec.name, labels: {}, spec: encodeModelSpec(broken) };
    const decoded = decodeModel(present(apply({ model }).model));
    expect(decoded.ok).toBe(false);
    const text = decoded.ok ? '' : `${decoded.problem.path}: ${decoded.problem.message}`;
    expect(text).toContain('spec.replicas: 5000 is out of range');
    expect(text).toContain('spec.env.CUDA_VISIBLE_DEVICES');
  });

  test.for([
    {
      name: 'a disruption of a newer client',
      change: { disruption: { kind: 9 } },
      path: 'spec.disruption.kind',
    },
    {
      name: 'a budget without seconds',
      change: { disruption: { kind: 'DISRUPTION_KIND_BUDGET' as const } },
      path: 'spec.disruption',
    },
    {
      name: 'seconds without a budget',
      change: { disruption: { kind: 'DISRUPTION_KIND_IDLE' as const, budgetSeconds: 60 } },
      path: 'spec.disruption.budget_seconds',
    },
    {
      name: 'a spread of a newer client',
      change: { placement: { spread: 9 } },
      path: 'spec.placement.spread',
    },
    {
      name: 'a name that no model can have',
      change: { placement: { antiAffinity: ['ocr', '-'] } },
      path: 'spec.placement.antiAffinity[1]',
    },
  ])('$name', ({ change, path }) => {
    const model = { name: 'a', spec: { ...encodeModelSpec(spec), ...change } };
    const decoded = decodeModel(present(apply({ model }).model));
    expect(decoded.ok ? 'accepted' : decoded.problem.path).toBe(path);
  });

  test.for([
    {
      name: 'a peer without a card',
      change: { nvlinkPeers: [{ links: 12 }] },
      path: 'nvlink_peers.gpu_uuid',
    },
    {
      name: 'links below none',
      change: { nvlinkPeers: [{ gpuUuid: 'GPU-2', links: -1 }] },
      path: 'nvlink_peers.links',
    },
    {
      name: 'more peers than a node has cards',
      change: { nvlinkPeers: Array.from({ length: 65 }, () => ({ gpuUuid: 'GPU-2', links: 1 })) },
      path: 'nvlink_peers',
    },
    { name: 'a NUMA node below none', change: { numaNode: -1 }, path: 'numa_node' },
  ])('a card with $name', ({ change, path }) => {
    const encoded = encodeInventory(inventory);
    const gpus = [{ ...present(encoded.gpus?.[0]), ...change }];
    const decoded = decodeInventory(present(up({ inventory: { ...encoded, gpus } }).inventory));
    expect(decoded.ok ? 'accepted' : decoded.problem.path).toBe(`gpus[0].${path}`);
  });

  test('a replica that was idle for less than no time', () => {
    const encoded = encodeStatus(status, replicas);
    const bad = [{ ...present(encoded.replicas?.[0]), idleSeconds: -10 }];
    const message = present(up({ status: { ...encoded, replicas: bad } }).status);
    const decoded = decodeStatus(message, id('node-a'));
    expect(decoded.ok ? 'accepted' : decoded.problem.path).toBe('replicas[0].idle_seconds');
  });

  test('no decoder throws at rubbish that still parses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        let message;
        try {
          message = linkService.Control.responseDeserialize(Buffer.from(bytes));
        } catch {
          return; // gRPC itself refuses bytes that are no message.
        }
        if (message.target) decodeTarget(message.target);
      }),
    );
  });
});
