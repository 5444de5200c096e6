import { expect, test } from 'vitest';
import { projectTarget } from '../../../../shared/placement/project-target.ts';
import type { RunnableClaim } from '../../../../shared/placement/project-target.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import {
  parseClaimId,
  parseGpuUuid,
  parseNodeName,
  parseReplicaId,
  parseSliceId,
} from '../../../../shared/domain/ids.ts';
import type { Tombstone } from '../../../../shared/domain/node-target.ts';
import { FakeAgent, valueOf } from '../../../fakes/coordinator/fake-agent.ts';
import { modelSpec, nameOf } from '../../../fakes/coordinator/sim-fleet.ts';

const inventory = new FakeAgent('node-a', 'L40S,A100-40GB', () => {
  throw new Error('nobody dials');
}).inventory();
const gpu = valueOf(parseGpuUuid('GPU-node-a-0'));
const { workload } = modelSpec('vad');

function record(id: string, state: Claim['state'] = 'held'): RunnableClaim {
  const node = valueOf(parseNodeName('node-a'));
  const shape = { kind: 'mps', memoryMib: 9_000, smPercent: 20 } as const;
  return {
    workload,
    processes: 2,
    claim: {
      id: valueOf(parseClaimId(id)),
      holder: {
        kind: 'replica',
        replica: valueOf(parseReplicaId(id)),
        model: nameOf('vad'),
        modelVersion: 3,
      },
      node,
      slices: [{ id: valueOf(parseSliceId(`${id}.0`)), incarnation: 1, node, gpu, shape }],
      cpuMillis: 0,
      memoryMib: 0,
      state,
      createdAtMs: 0,
    },
  };
}

const stopped: Tombstone = { kind: 'replica', replica: valueOf(parseReplicaId('b')) };
const gone: Tombstone = {
  kind: 'slice',
  slice: valueOf(parseSliceId('b.0')),
  incarnation: 1,
  gpu,
};

test('a node of which nothing is wanted is told of no card', () => {
  expect(projectTarget(inventory, [], [])).toEqual({ gpus: [], replicas: [], tombstones: [] });
});

test('a held claim is a slice in its card, planned from the layout that was seen, and a replica', () => {
  expect(projectTarget(inventory, [record('a')], [])).toEqual({
    gpus: [{ gpu, layoutRevision: 1, mode: 'mps', slices: record('a').claim.slices }],
    replicas: [
      {
        replica: 'a',
        model: 'vad',
        modelVersion: 3,
        workload,
        slices: ['a.0'],
        processes: 2,
      },
    ],
    tombstones: [],
  });
});

test.for([
  { name: 'until its replica has stopped', stone: stopped, slices: ['a.0', 'b.0'] },
  { name: 'no longer, once the slice itself is to go', stone: gone, slices: ['a.0'] },
])('the slice of an ending claim is wanted $name', ({ stone, slices }) => {
  const target = projectTarget(inventory, [record('b', 'reclaiming'), record('a')], [stone]);
  expect(target.gpus[0]?.slices.map((slice) => slice.id)).toEqual(slices);
  expect(target.replicas.map((replica) => replica.replica)).toEqual(['a']);
  expect(target.tombstones).toEqual([stone]);
});

test('the order of records does not matter', () => {
  const records = ['a', 'b', 'c'].map((id) => record(id));
  expect(projectTarget(inventory, records.toReversed(), [gone, stopped])).toEqual(
    projectTarget(inventory, records, [stopped, gone]),
  );
});

test('a card that the node no longer has is left out: there is no layout to plan from', () => {
  const without = { ...inventory, gpus: inventory.gpus.slice(1) };
  expect(projectTarget(without, [record('a')], []).gpus).toEqual([]);
});
