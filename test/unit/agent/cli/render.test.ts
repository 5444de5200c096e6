import { expect, test } from 'vitest';
import {
  renderGpu,
  renderGpus,
  renderReplica,
  renderHolders,
} from '../../../../agent/cli/render.ts';
import type {
  AllocationRecord,
  GpuRecord,
  ReplicaRecord,
} from '../../../../agent/cli/api/agent-api.ts';

const slice = {
  slice: 's-1',
  shape: {
    kind: 'mig',
    giProfileId: 14,
    start: 4,
    size: 2,
    profile: '2g.10gb',
    memoryMib: 9_856,
  },
  enforcement: 'hardware',
  deviceUuid: 'MIG-1',
  replica: 'vad-1',
  allocation: '',
  state: 'ready',
} as const;
const gpu: GpuRecord = {
  uuid: 'GPU-1',
  index: 0,
  productName: 'NVIDIA A100-SXM4-40GB',
  pciBusId: '',
  memoryTotalMib: 40_960,
  memoryForeignMib: 0,
  mode: 'mig',
  authority: 'cut',
  health: 'degraded',
  healthReason: 'row remap pending',
  layoutRevision: 1,
  slices: [
    slice,
    { ...slice, slice: '', shape: null, replica: '', state: 'foreign' },
    { ...slice, replica: '', allocation: 'train' },
  ],
  outcome: '',
  outcomeDetail: '',
  nvlinkPeers: [],
  numaNode: null,
};

test('a card shows its health when it is not well, and slices name profile and start', () => {
  const cells = renderGpus([gpu])
    .split('\n')
    .map((line) => line.split(/\s{2,}/));
  expect(cells[1]?.slice(3, 7)).toEqual(['-', '40.0GiB', '-', 'degraded, cut: row remap pending']);
  expect(cells[2]?.slice(3)).toEqual([
    '2g.10gb@4',
    '9.6GiB',
    'vad-1',
    'ready',
    'hardware',
    'MIG-1',
  ]);
  expect(cells[3]?.slice(3)).toEqual(['-', '-', '-', 'foreign', 'hardware', 'MIG-1']);
  expect(cells[4]?.[5]).toBe('allocations/train');
});

test('a replica that never started has no age, and one on its way out says so', () => {
  const replica: ReplicaRecord = {
    replica: 'vad-1',
    model: 'vad',
    modelVersion: 1,
    phase: 'stopping',
    reason: 'asked to end',
    slices: [],
    address: '',
    restarts: 0,
    startedAtMs: null,
    readyAtMs: null,
    idleSeconds: null,
    runtime: '',
    runtimeId: '',
    retiring: true,
  };
  expect(renderHolders([replica], [], 5_000).split('\n')[1]).toBe(
    'vad-1   vad    stopping (retiring)  -      -         -        0         -    -        asked to end',
  );
});

const process = {
  pid: 77,
  name: 'train',
  memoryUsedMib: 2_100,
  smRatio: null,
  owner: 'foreign',
  replica: '',
  model: '',
  allocation: '',
  container: 'f'.repeat(64),
  containerName: 'nightly',
  containerImage: 'train:3',
};

test('an allocation has a line among the replicas, with what it waits for', () => {
  const held: AllocationRecord = {
    allocation: 'train',
    state: 'reclaiming',
    reason: 'process 41 (python3) still runs',
    slices: [{ slice: 's-1', gpu: 'GPU-1', shape: slice.shape }],
    processes: [{ pid: 41, name: 'python3', certain: true }],
  };
  expect(
    renderHolders([], [held], 0)
      .split('\n')[1]
      ?.split(/\s{2,}/),
  ).toEqual([
    'allocations/train',
    '-',
    'reclaiming',
    '2g.10gb@4',
    'hardware',
    '-',
    '-',
    '-',
    '-',
    'process 41 (python3) still runs',
  ]);
});

test('a described card names every process, its owner and its container', () => {
  const ours = { ...process, pid: 5, owner: 'replica', replica: 'vad-1', container: '' };
  const text = renderGpu(
    gpu,
    [
      { ...process, smRatio: 0.25 },
      { ...process, containerName: '', containerImage: '', memoryUsedMib: null },
      { ...ours, containerName: '', containerImage: '' },
      { ...process, owner: 'allocation', allocation: 'train' },
      { ...process, owner: 'mps-server', container: '', containerName: '', containerImage: '' },
    ],
    [gpu],
  );
  const cells = text
    .split('\n')
    .slice(-6, -1)
    .map((line) => line.split(/\s{2,}/));
  expect(cells).toEqual([
    ['77', 'train', 'not ours', 'nightly', 'train:3', '2.1GiB', '25%'],
    ['77', 'train', 'not ours', 'ffffffffffff', '-', '-', '-'],
    ['5', 'train', 'vad-1', '-', '-', '2.1GiB', '-'],
    ['77', 'train', 'allocations/train', 'nightly', 'train:3', '2.1GiB', '-'],
    ['77', 'train', 'MPS', '-', '-', '2.1GiB', '-'],
  ]);
});

test('a described card says whether nobody uses it, or nobody can tell', () => {
  expect(renderGpu(gpu, [], [gpu])).toContain('No process uses the card.');
  expect(renderGpu(gpu, null, [gpu])).toContain('cannot be read');
});

test('a replica on a timeshare says everywhere that nobody enforces it', () => {
  const replica: ReplicaRecord = {
    replica: 'vad-1',
    model: 'vad',
    modelVersion: 1,
    phase: 'ready',
    reason: '',
    slices: [{ slice: 's-1', gpu: 'GPU-1', shape: { kind: 'timeshare', memoryMib: 4_096 } }],
    address: '',
    restarts: 0,
    startedAtMs: null,
    readyAtMs: null,
    idleSeconds: null,
    runtime: '',
    runtimeId: '',
    retiring: false,
  };
  expect(renderHolders([replica], [], 0)).toMatch(/timeshare {2}none /);
  expect(renderReplica(replica)).toMatch(/^Enforced: +none$/m);
});

test('a described card names its NVLink peers by index and its NUMA node, or says nothing of them', () => {
  const peers = [
    { gpuUuid: 'GPU-2', links: 12 },
    { gpuUuid: 'GPU-gone', links: 12 },
  ];
  const joined = { ...gpu, nvlinkPeers: peers, numaNode: 1 };
  const text = renderGpu(joined, [], [joined, { ...gpu, uuid: 'GPU-2', index: 5 }]);
  expect(text).toMatch(/^NUMA node: +1\nNVLink: +GPU 5 \(NV12\), GPU-gone \(NV12\)$/m);
  expect(renderGpu(gpu, [], [gpu])).toMatch(/^NUMA node: +-\nNVLink: +-$/m);
});

const ready: ReplicaRecord = {
  replica: 'vad-1',
  model: 'vad',
  modelVersion: 1,
  phase: 'ready',
  reason: '',
  slices: [],
  address: '',
  restarts: 0,
  startedAtMs: 60_000,
  readyAtMs: 64_500,
  idleSeconds: 120,
  runtime: '',
  runtimeId: '',
  retiring: false,
};

test.for([
  [ready, '1970-01-01T00:01:04.500Z (4.5s after its start)', 'for 2m or longer'],
  [{ ...ready, idleSeconds: 0 }, '1970-01-01T00:01:04.500Z (4.5s after its start)', 'no'],
  [{ ...ready, readyAtMs: null, idleSeconds: null }, '-', '-'],
] as const)(
  'a described replica says when it was ready and whether it is idle',
  ([replica, since, idle]) => {
    const lines = renderReplica(replica).split('\n');
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^Ready: +${escaped(since)}$`)));
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^Idle: +${escaped(idle)}$`)));
  },
);

function escaped(text: string): string {
  return text.replace(/[.()]/g, String.raw`\$&`);
}
