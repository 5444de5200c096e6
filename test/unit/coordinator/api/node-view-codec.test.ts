import { expect, test } from 'vitest';
import { encodeNodeView } from '../../../../coordinator/api/node-view-codec.ts';
import type { NodeView } from '../../../../coordinator/fleet/core.ts';
import {
  parseClaimId,
  parseModelName,
  parseReplicaId,
  parseSliceId,
} from '../../../../shared/domain/ids.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import type { Result } from '../../../../shared/domain/result.ts';
import { inventoryOf } from '../../../fakes/link-agent.ts';

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problem.message);
}

const inventory = inventoryOf({ node: 'node-a', cards: 'A100-40GB' });
const card = firstOf(inventory.gpus);

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new Error('there is none');
  return first;
}

const sliceId = must(parseSliceId('alpha-1.0'));

const claim: Claim = {
  id: must(parseClaimId('alpha-1')),
  holder: {
    kind: 'replica',
    replica: must(parseReplicaId('alpha-1')),
    model: must(parseModelName('alpha')),
    modelVersion: 3,
  },
  node: inventory.node,
  slices: [
    {
      id: sliceId,
      incarnation: 2,
      node: inventory.node,
      gpu: card.uuid,
      shape: {
        kind: 'mig',
        giProfileId: 14,
        start: 0,
        profile: '2g.10gb',
        size: 2,
        memoryMib: 9_856,
      },
    },
  ],
  cpuMillis: 0,
  memoryMib: 0,
  state: 'held',
  createdAtMs: 1,
};

const instance = {
  size: 2,
  memoryMib: 9_856,
  gpuInstanceId: 1,
  computeInstanceIds: [0],
  giProfileId: 14,
  profile: '2g.10gb',
};

function view(change: Partial<NodeView> = {}): NodeView {
  return {
    node: inventory.node,
    inventory: {
      ...inventory,
      gpus: [
        {
          ...card,
          mode: 'mig',
          instances: [
            { ...instance, start: 0, uuid: 'MIG-held', slice: sliceId },
            { ...instance, start: 2, uuid: 'MIG-free', slice: must(parseSliceId('old.0')) },
            { ...instance, start: 4, uuid: 'MIG-foreign', slice: null },
          ],
        },
      ],
    },
    etag: 'ready',
    availability: { kind: 'ready' },
    connected: true,
    lastSeenMs: 5,
    generation: 4,
    acceptedGeneration: 4,
    status: {
      node: inventory.node,
      acceptedEpoch: 1,
      acceptedGeneration: 4,
      gpus: [{ gpu: card.uuid, outcome: 'converged', detail: '' }],
      slices: [
        {
          slice: sliceId,
          incarnation: 2,
          gpu: card.uuid,
          phase: 'ready',
          deviceUuid: 'MIG-held',
          reason: '',
        },
      ],
      tombstonesDone: [],
    },
    claims: [claim],
    labels: inventory.labels,
    drain: null,
    ...change,
  };
}

function slicesOf(seen: NodeView): readonly unknown[] {
  const [gpu] = encodeNodeView(seen, new Map()).gpus ?? [];
  return (gpu?.slices ?? []).map((slice) => [
    slice.slice,
    slice.state,
    slice.deviceUuid,
    slice.replica,
  ]);
}

test('a card shows what is held, then what exists and nobody holds', () => {
  expect(slicesOf(view())).toEqual([
    ['alpha-1.0', 'ready', 'MIG-held', 'alpha-1'],
    ['old.0', 'free', 'MIG-free', ''],
    ['', 'foreign', 'MIG-foreign', ''],
  ]);
});

test('a slice is absent until the agent speaks of this incarnation of it', () => {
  const status = view().status;
  if (status === null) throw new Error('no status');
  const older = status.slices.map((slice) => ({ ...slice, incarnation: 1 }));
  expect(slicesOf(view({ status: { ...status, slices: older } }))[0]).toEqual([
    'alpha-1.0',
    'absent',
    '',
    'alpha-1',
  ]);
  expect(slicesOf(view({ status: null }))[0]).toEqual(['alpha-1.0', 'absent', '', 'alpha-1']);
});

test('what an ended claim holds is being reclaimed', () => {
  expect(slicesOf(view({ claims: [{ ...claim, state: 'reclaiming' }] }))[0]).toEqual([
    'alpha-1.0',
    'reclaiming',
    'MIG-held',
    'alpha-1',
  ]);
});

test('a node that has not spoken since the start is shown with what is known', () => {
  const encoded = encodeNodeView(
    view({
      inventory: null,
      status: null,
      connected: false,
      availability: { kind: 'suspect', reason: 'not heard of since the start' },
    }),
    new Map(),
  );
  expect(encoded).toMatchObject({
    name: 'node-a',
    availability: 'NODE_AVAILABILITY_SUSPECT',
    availabilityReason: 'not heard of since the start',
    gpus: [],
    gpuHandout: '',
    replicas: [{ replica: 'alpha-1', phase: 'REPLICA_PHASE_WAITING' }],
  });
});

test('a card tells its NVLink peers and NUMA node, a node how many images it holds', () => {
  const joined = { ...card, nvlinkPeers: [{ gpu: card.uuid, links: 12 }], numaNode: 0 };
  const known = { ...inventory, images: ['vad:1', 'ocr:2'], gpus: [joined, card] };
  const encoded = encodeNodeView(view({ inventory: known }), new Map());
  expect(encoded.imageCount).toBe(2);
  expect(encoded.gpus?.map(({ nvlinkPeers, numaNode }) => [nvlinkPeers, numaNode])).toEqual([
    [[{ gpuUuid: card.uuid, links: 12 }], 0],
    [[], undefined],
  ]);
});
