import { expect, test } from 'vitest';
import { holdsOf, withHold } from '../../../../coordinator/fleet/change-holds.ts';
import type { Change, Plan } from '../../../../shared/domain/change.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import {
  parseChangeId,
  parseClaimId,
  parseGpuUuid,
  parsePlanId,
  parseReplicaId,
  parseSliceId,
} from '../../../../shared/domain/ids.ts';
import { valueOf } from '../../../fakes/coordinator/fake-agent.ts';
import { nameOf } from '../../../fakes/coordinator/sim-fleet.ts';
import { inventoryOf } from '../../../fakes/link-agent.ts';

const inventory = inventoryOf({ node: 'node-a', cards: '2xA100-40GB' });
const [first, second] = inventory.gpus;

function claim(id: string, gpu = first): Claim {
  const slice = {
    id: valueOf(parseSliceId(`${id}.0`)),
    incarnation: 1,
    node: inventory.node,
    gpu: gpu?.uuid ?? valueOf(parseGpuUuid('GPU-none')),
    shape: { kind: 'whole' as const, memoryMib: 40_960 },
  };
  return {
    id: valueOf(parseClaimId(id)),
    holder: {
      kind: 'replica',
      replica: valueOf(parseReplicaId(id)),
      model: nameOf('ocr'),
      modelVersion: 1,
    },
    node: inventory.node,
    slices: [slice],
    cpuMillis: 4_000,
    memoryMib: 8_192,
    state: 'held',
    createdAtMs: 0,
  };
}

function change(plan: Partial<Plan>, of: Partial<Change> = {}): Change {
  return {
    id: valueOf(parseChangeId('change-1')),
    plan: {
      id: valueOf(parsePlanId('plan-1')),
      kind: 'make-room',
      stages: [],
      price: {
        replicasInterrupted: 0,
        interruptions: [],
        seconds: 0,
        estimates: 'stated',
        bytesToFetch: null,
        strandedBeforeMilli: 0,
        strandedAfterMilli: 0,
        moves: 0,
        preemptions: 0,
      },
      begins: [],
      ends: [],
      unplaced: '',
      basis: {},
      ...plan,
    },
    exact: true,
    model: null,
    stage: 0,
    stageSinceMs: 0,
    state: 'running',
    reason: '',
    startedAtMs: 0,
    endedAtMs: null,
    marks: [],
    startSeconds: {},
    ...of,
  };
}

const none = () => false;
const plan = { begins: [claim('ocr-2')], ends: [claim('ocr-1').id] };

test('until a claim begins, its card and its host resources are kept', () => {
  const holds = holdsOf([change(plan)], none);
  expect([...holds.leaving]).toEqual(['ocr-1']);
  expect([...holds.coming]).toEqual([['ocr', 1]]);
  const held = withHold(inventory, holds.nodes.get(inventory.node), []);
  expect(held.gpus.map(({ uuid, health }) => [uuid, health])).toEqual([
    [first?.uuid, { state: 'failed', reason: 'change-1 keeps it until it is done' }],
    [second?.uuid, { state: 'ok' }],
  ]);
  expect([held.cpuMillis, held.memoryMib]).toEqual([60_000, 253_952]);
});

test('what its predecessor gives back is not kept twice', () => {
  const hold = holdsOf([change(plan)], none).nodes.get(inventory.node);
  const held = withHold(inventory, hold, [{ cpuMillis: 3_000, memoryMib: 16_384 }]);
  expect([held.cpuMillis, held.memoryMib]).toEqual([63_000, 262_144]);
});

const begun = { step: 'start' as const, replica: valueOf(parseReplicaId('ocr-2')) };

test.for([
  { name: 'that only follows what was declared', of: { exact: false } },
  { name: 'that is over', of: { state: 'done' as const } },
  { name: 'that was aborted', of: { state: 'aborted' as const } },
])('a change $name keeps nothing', ({ of }) => {
  const holds = holdsOf([change(plan, of)], none);
  expect(holds).toEqual({ leaving: new Set(), coming: new Map(), nodes: new Map() });
  expect(withHold(inventory, holds.nodes.get(inventory.node), [])).toBe(inventory);
});

test.for([
  { name: 'its mark', marks: [{ ...begun, atMs: 1, doneAtMs: null }], claimed: none },
  { name: 'its claim', marks: [], claimed: (id: string) => id === 'ocr-2' },
])('a claim that has begun, by $name, is kept by itself', ({ marks, claimed }) => {
  const holds = holdsOf([change(plan, { marks })], claimed);
  expect(holds.nodes.size + holds.coming.size).toBe(0);
  expect([...holds.leaving]).toEqual(['ocr-1']);
});

test('a card is kept from the first stage on until what others made on it is gone', () => {
  const [uuid, other] = [first?.uuid ?? '', second?.uuid ?? ''];
  const stage = (gpu: string, seen: { gpuInstanceId: number; layoutRevision: number } | null) => ({
    title: 'clear idle slices',
    steps: [
      {
        kind: 'destroy-slice' as const,
        node: inventory.node,
        gpu,
        slice: null,
        placement: { giProfileId: 9, start: 0 },
        shape: '3g.20gb at 0',
        seen,
      },
    ],
    until: 'slices-gone' as const,
    abortsOn: [],
    deadlineSeconds: 600,
  });
  const seen = { gpuInstanceId: 1, layoutRevision: 1 };
  const stages = [stage(uuid, seen), stage(other, seen), stage(uuid, null)];
  const kept = (of: Partial<Change>) => [
    ...(holdsOf([change({ stages }, of)], () => true)
      .nodes.get(inventory.node)
      ?.cards.keys() ?? []),
  ];
  expect(kept({ stage: 0 })).toEqual([uuid, other]);
  expect(kept({ stage: 1 })).toEqual([other]);
  // A step that does not say which instance it saw destroys none.
  expect(kept({ stage: 2 })).toEqual([]);
  expect(kept({ stage: 0, state: 'aborted' })).toEqual([]);
  expect(kept({ stage: 0, exact: false })).toEqual([]);
});
