import { expect, test } from 'vitest';
import {
  renderAllocation,
  renderAllocations,
  renderAllocationWhy,
  renderDockerRun,
  renderExports,
} from '../../../../coordinator/cli/render-allocations.ts';
import type { Allocation__Output } from '../../../../shared/wire/generated/tangram/v1/Allocation.ts';
import type { AllocationAccess__Output } from '../../../../shared/wire/generated/tangram/v1/AllocationAccess.ts';

const mig: AllocationAccess__Output = {
  deviceUuids: ['MIG-1'],
  cdiNames: ['nvidia.com/gpu=MIG-1'],
  gpuHandout: 'toolkit',
  env: {
    NVIDIA_VISIBLE_DEVICES: 'MIG-1',
    CUDA_VISIBLE_DEVICES: 'MIG-1',
    TANGRAM_ALLOCATION: 'train',
  },
  mounts: [],
};

const train: Allocation__Output = {
  name: 'train',
  labels: {},
  spec: {
    gpu: {
      memoryMib: '9216',
      computePercent: 0,
      isolation: 'ISOLATION_MIG',
      count: 1,
      processes: 1,
      models: [],
    },
    cpuMillis: 0,
    memoryMib: '0',
    constraints: {},
    priority: 100,
    ttlSeconds: '600',
  },
  state: 'ALLOCATION_STATE_READY',
  reason: '',
  node: 'node-a',
  slices: [
    {
      slice: 'allocation:train-1.0',
      incarnation: '1',
      node: 'node-a',
      gpuUuid: 'GPU-1',
      shape: {
        kind: 'mig',
        mig: {
          giProfileId: 14,
          start: 0,
          profile: '2g.10gb',
          size: 2,
          memoryMib: '9856',
        },
      },
    },
  ],
  createdAtMs: '1000',
  expiresAtMs: '601000',
  access: mig,
  processes: [],
};

const pending: Allocation__Output = {
  ...train,
  name: 'late',
  state: 'ALLOCATION_STATE_PENDING',
  reason: 'no card is that big',
  node: '',
  slices: [],
  access: null,
};

test('a line each: state, place, time left and what it waits for', () => {
  expect(renderAllocations([train, pending], 61_000)).toBe(
    `ALLOCATION  STATE    NODE    SLICE          LEFT  AGE  REASON
train       ready    node-a  mig 2g.10gb@0  9m    1m   -
late        pending  -       9.0GiB mig     9m    1m   no card is that big
`,
  );
});

test('one is told with its devices, variables and processes', () => {
  const seen = {
    ...train,
    processes: [
      { pid: '41', name: 'python3', certain: true },
      { pid: '42', name: 'cuda', certain: false },
    ],
  };
  expect(renderAllocation(seen, 61_000)).toBe(`allocation: train
state:      ready
asked for:  9.0GiB mig
node:       node-a
slice:      mig 2g.10gb@0 on GPU-1
ends:       1970-01-01T00:10:01.000Z, in 9m (unless it is renewed)
device:     nvidia.com/gpu=MIG-1
env:        NVIDIA_VISIBLE_DEVICES=MIG-1
env:        CUDA_VISIBLE_DEVICES=MIG-1
env:        TANGRAM_ALLOCATION=train
process:    41 python3
process:    42 cuda (may be somebody else’s)
`);
});

test('why it waits comes with what was passed over and what would help', () => {
  const why = {
    allocation: pending,
    refusal: 'no card is that big',
    nearest: 'lower gpu.memory; or end ocr',
    evidence: [{ reason: 'memory', counted: 'gpu', count: 2, example: 'needs more' }],
    decision: '0',
  };
  expect(renderAllocationWhy(why)).toBe(`late: pending: no card is that big
pending: no card is that big
passed over:
  WHAT    BECAUSE  EXAMPLE
  2 gpus  memory   needs more
would help: lower gpu.memory
        or: end ocr
`);
});

const share: AllocationAccess__Output = {
  ...mig,
  gpuHandout: 'env',
  env: { CUDA_VISIBLE_DEVICES: 'GPU-1', CUDA_MPS_PIPE_DIRECTORY: '/run/mps dir' },
  mounts: ['/run/mps dir', '/dev/shm'],
};

const lines: readonly {
  readonly name: string;
  readonly access: AllocationAccess__Output;
  readonly want: string;
}[] = [
  {
    name: 'the toolkit',
    access: { ...mig, deviceUuids: ['GPU-1', 'GPU-2'] },
    want: `docker run --rm --gpus '"device=GPU-1,GPU-2"' -e NVIDIA_VISIBLE_DEVICES=MIG-1 -e TANGRAM_ALLOCATION=train IMAGE\n`,
  },
  {
    name: 'CDI',
    access: { ...mig, gpuHandout: 'cdi' },
    want: 'docker run --rm --device nvidia.com/gpu=MIG-1 -e NVIDIA_VISIBLE_DEVICES=MIG-1 -e TANGRAM_ALLOCATION=train IMAGE\n',
  },
  {
    name: 'the environment alone, with what MPS needs',
    access: share,
    want: `docker run --rm -e CUDA_VISIBLE_DEVICES=GPU-1 -e 'CUDA_MPS_PIPE_DIRECTORY=/run/mps dir' -v '/run/mps dir:/run/mps dir' -v /dev/shm:/dev/shm IMAGE\n`,
  },
];

test.for(lines)('docker run where cards are handed out by $name', ({ access, want }) => {
  expect(renderDockerRun(access)).toBe(want);
});

test('exports survive any shell', () => {
  expect(renderExports({ ...mig, env: { A: 'plain', B: "it's $HOME" } })).toBe(
    `export A=plain\nexport B='it'\\''s $HOME'\n`,
  );
});
