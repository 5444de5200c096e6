import { expect, test } from 'vitest';
import { renderGpus, renderReplicas } from '../../../../agent/cli/render.ts';
import type { GpuRecord, ReplicaRecord } from '../../../../agent/cli/api/agent-api.ts';

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
  slices: [slice, { ...slice, slice: '', shape: null, replica: '', state: 'foreign' }],
  outcome: '',
  outcomeDetail: '',
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
    runtime: '',
    runtimeId: '',
    retiring: true,
  };
  expect(renderReplicas([replica], 5_000).split('\n')[1]).toBe(
    'vad-1    vad    stopping (retiring)  -      -        0         -    -        asked to end',
  );
});
