import { expect, test } from 'vitest';
import { checkAllocation, type AllocationSpec } from '../../../../shared/domain/allocation.ts';
import type { AllocationStatus } from '../../../../shared/domain/node-target.ts';
import {
  decodeAllocation,
  encodeAllocationSpec,
} from '../../../../shared/wire/allocation-codec.ts';
import {
  decodeAllocationStatus,
  decodeAllocationTarget,
  encodeAllocationStatus,
  encodeAllocationTarget,
} from '../../../../shared/wire/allocation-link-codec.ts';
import { linkService, allocationService } from '../../../../shared/wire/services.ts';
import { parseAllocationName, parseGpuUuid } from '../../../../shared/domain/ids.ts';
import { decodeTarget, encodeTarget } from '../../../../shared/wire/target-codec.ts';
import type { AllocateRequest__Output } from '../../../../shared/wire/generated/tangram/v1/AllocateRequest.ts';
import { must } from '../../../fakes/agent/fake-core.ts';
import { allocation, shapes, slice, target } from '../../../fakes/agent/targets.ts';
import { migNeed } from '../../../fakes/coordinator/sim-fleet.ts';

const spec: AllocationSpec = {
  name: must(parseAllocationName('train')),
  labels: { namespace: 'ml' },
  gpu: { ...migNeed, models: ['L40S'] },
  cpuMillis: 500,
  memoryMib: 1_024,
  constraints: { zone: 'eu' },
  priority: 7,
  ttlMs: 60_000,
};

/** Through bytes, as it arrives. */
function received(change: object): AllocateRequest__Output {
  const sent = { name: 'train', labels: spec.labels, spec: encodeAllocationSpec(spec), ...change };
  const { requestSerialize, requestDeserialize } = allocationService.Allocate;
  return requestDeserialize(requestSerialize(sent));
}

test('a request survives the wire', () => {
  expect(decodeAllocation(received({}), 'train')).toEqual({ ok: true, value: spec });
});

const bad: readonly { readonly name: string; readonly change: object; readonly path: string }[] = [
  { name: 'no spec', change: { spec: null }, path: 'spec' },
  {
    name: 'no card',
    change: { spec: { ...encodeAllocationSpec(spec), gpu: null } },
    path: 'spec.gpu',
  },
  {
    name: 'a TTL of 9 s',
    change: { spec: { ...encodeAllocationSpec(spec), ttlSeconds: 9 } },
    path: 'ttl',
  },
  {
    name: 'a TTL of 2 days',
    change: { spec: { ...encodeAllocationSpec(spec), ttlSeconds: 172_800 } },
    path: 'ttl',
  },
  {
    name: 'a TTL below 0',
    change: { spec: { ...encodeAllocationSpec(spec), ttlSeconds: -1 } },
    path: 'spec.ttl_seconds',
  },
  {
    name: 'no memory',
    change: {
      spec: {
        ...encodeAllocationSpec(spec),
        gpu: { isolation: 'ISOLATION_MIG', count: 1, processes: 1 },
      },
    },
    path: 'spec.gpu.memory',
  },
];

test.for(bad)('is refused with one clear problem: $name', ({ change, path }) => {
  const decoded = decodeAllocation(received(change), 'train');
  expect(decoded.ok ? null : decoded.problem).toMatchObject({ code: 'REQUEST_INVALID', path });
});

test('a bad name is refused, and a good spec has no problems', () => {
  expect(decodeAllocation(received({}), 'No Name').ok).toBe(false);
  expect(checkAllocation(spec)).toEqual([]);
});

const held = slice('a.0', must(parseGpuUuid('GPU-1')), shapes.small(0));
const train = allocation('train', [held], { processes: 2, reclaiming: true });

test('a target with allocations survives the wire, and one without says nothing of them', () => {
  for (const sent of [target(1, { slices: [held], allocations: [train] }), target(1, {})]) {
    const { responseSerialize, responseDeserialize } = linkService.Control;
    const read = responseDeserialize(responseSerialize({ target: encodeTarget(sent) }));
    expect(read.target && decodeTarget(read.target)).toEqual({ ok: true, value: sent });
  }
  expect(decodeAllocationTarget({ ...encodeAllocationTarget(train), claim: ' ' } as never).ok).toBe(
    false,
  );
});

test('a status is read as it was told, with what a peer may exaggerate cut to its limit', () => {
  const status: AllocationStatus = {
    claim: train.claim,
    ready: true,
    reason: '',
    deviceUuids: ['MIG-1'],
    env: { CUDA_VISIBLE_DEVICES: 'MIG-1' },
    mounts: ['/pipe'],
    processes: [{ pid: 41, name: 'python3', certain: true }],
    reclaiming: false,
    quietLooks: 0,
  };
  const wire = encodeAllocationStatus(status);
  expect(decodeAllocationStatus(wire as never)).toEqual({ ok: true, value: status });
  const many = {
    ...wire,
    quietLooks: 9,
    processes: Array.from({ length: 99 }, () => wire.processes?.[0]),
  };
  const read = decodeAllocationStatus(many as never);
  expect(read.ok && [read.value.quietLooks, read.value.processes.length]).toEqual([2, 16]);
});
