import { describe, expect, test } from 'vitest';
import { containerIds } from '../../../../agent/attribution/cgroup.ts';
import { unusableMib } from '../../../../agent/attribution/unusable.ts';
import {
  whose,
  type KnownReplica,
  type ProcessPlace,
} from '../../../../agent/attribution/whose.ts';
import { cardByProductName, geometryOf } from '../../../../shared/domain/card.ts';
import { parseAllocationName } from '../../../../shared/domain/ids.ts';
import { modelName, must, replicaId } from '../../../fakes/agent/fake-core.ts';

const outer = 'a'.repeat(64);
const inner = '0123456789abcdef'.repeat(4);

describe('the container of a process, by its cgroup', () => {
  test.for([
    ['v2, systemd driver', `0::/system.slice/docker-${inner}.scope\n`, [inner]],
    ['v2, cgroupfs driver', `0::/docker/${inner}\n`, [inner]],
    ['v2, a group of its own below', `0::/system.slice/docker-${inner}.scope/init\n`, [inner]],
    ['v2, below our own namespace', `0::/../docker-${inner}.scope\n`, [inner]],
    [
      'v1, cgroupfs driver, many lines',
      `12:pids:/docker/${inner}\n4:cpu,cpuacct:/docker/${inner}\n1:name=systemd:/docker/${inner}\n0::/\n`,
      [inner],
    ],
    ['v1, systemd driver', `4:memory:/system.slice/docker-${inner}.scope\n`, [inner]],
    ['a configured parent', `0::/tangram.slice/docker-${inner}.scope\n`, [inner]],
    ['a container in a container', `0::/docker/${outer}/docker/${inner}\n`, [inner, outer]],
    ['a pod', `0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${inner}.scope\n`, [inner]],
    ['podman', `0::/machine.slice/libpod-${inner}.scope/container\n`, [inner]],
    ['a session of a person', '0::/user.slice/user-1000.slice/session-3.scope\n', []],
    ['the root', '0::/\n', []],
    ['a short id is none', '0::/docker/0123456789ab\n', []],
    ['a colon in the path', `0::/a:b/docker-${inner}.scope\n`, [inner]],
    ['nothing', '', []],
    ['rubbish', '\u0000\u0001no lines:here', []],
  ] as const)('%s', ([, text, want]) => {
    expect(containerIds(text)).toEqual(want);
  });
});

describe('whose process it is', () => {
  const known: KnownReplica = {
    replica: replicaId,
    model: modelName,
    pids: [100, 101],
    runtimeId: inner,
  };
  const replica = { kind: 'replica', replica: replicaId, model: modelName };
  const ours = { owner: replica, container: null };
  const allocation = must(parseAllocationName('train'));
  const clients = { owner: { kind: 'allocation', allocation }, container: null };
  const stranger = { owner: { kind: 'foreign' }, container: null };
  const place = (over: Partial<ProcessPlace>): ProcessPlace => ({
    parentPid: 1,
    groupId: 1,
    containers: [],
    mark: null,
    ...over,
  });
  const host = new Map<number, ProcessPlace>([
    [200, place({ containers: [inner] })],
    [300, place({ parentPid: 101 })],
    [400, place({ parentPid: 401 })],
    [401, place({ parentPid: 400 })],
    [500, place({ containers: [outer] })],
    [600, place({ groupId: 77 })],
    [700, place({ parentPid: 200 })],
    [800, place({ mark: 'train' })],
    [801, place({ parentPid: 800 })],
    [802, place({ parentPid: 801, containers: [outer] })],
    [810, place({ mark: 'train', containers: [outer] })],
    [820, place({ mark: 'other' })],
    [830, place({ mark: 'train', containers: [inner] })],
    [840, place({ parentPid: 101, mark: 'train' })],
    [850, place({ parentPid: 800, mark: 'other' })],
  ]);
  test.for([
    ['a pid that the runtime has told', 100, known, ours],
    ['a child born since, by its container', 200, known, ours],
    ['a child born since, by its parent', 300, known, ours],
    ['a grandchild of a container', 700, known, ours],
    ['a process of the host', 600, known, stranger],
    ['a group that a replica leads', 600, { ...known, runtimeId: '77' }, ours],
    ['another container', 500, known, { ...stranger, container: outer }],
    ['a loop of parents ends', 400, known, stranger],
    ['one that is gone', 999, known, stranger],
    ['one with the mark of an allocation', 800, known, clients],
    ['a child of one with the mark', 801, known, clients],
    ['a container below one with the mark', 802, known, { ...clients, container: outer }],
    ['a container that was given the mark', 810, known, { ...clients, container: outer }],
    ['the mark of an allocation that is not here', 820, known, stranger],
    ['a mark that is not here, below one that is', 850, known, clients],
    ['a replica, whatever its environment says', 830, known, ours],
    ['a child of a replica with a mark of its own', 840, known, clients],
  ] as const)('%s', ([, pid, known, want]) => {
    const holders = { replicas: [known], allocations: [allocation] };
    const found = whose(holders, (at) => host.get(at) ?? null).of({ pid, name: 'python' });
    expect(found).toEqual(want);
  });

  test('a mark is only a word where no allocation is', () => {
    const { of } = whose({ replicas: [], allocations: [] }, (at) => host.get(at) ?? null);
    expect(of({ pid: 800, name: 'python' })).toEqual(stranger);
    expect(of({ pid: 600, name: 'python' })).toEqual(stranger);
  });

  test('the MPS server is nobody’s', () => {
    const { of } = whose({ replicas: [known], allocations: [] }, () => null);
    expect(of({ pid: 9, name: '/usr/bin/nvidia-cuda-mps-server' })).toEqual({
      owner: { kind: 'mps-server' },
      container: null,
    });
  });
});

describe('memory that no MIG instance can take', () => {
  const a100 = cardByProductName('NVIDIA A100-SXM4-40GB');
  const geometry = a100 === undefined ? null : geometryOf(a100);
  test.for([
    ['an empty card can be cut everywhere', [], 0],
    // Seven 1g instances cover seven of eight memory slices: the eighth belongs to larger profiles only.
    [
      'seven of the smallest',
      [0, 1, 2, 3, 4, 5, 6].map((start) => ({ giProfileId: 19, start })),
      1,
    ],
    [
      'two halves',
      [
        { giProfileId: 9, start: 0 },
        { giProfileId: 9, start: 4 },
      ],
      0,
    ],
    ['one half', [{ giProfileId: 9, start: 4 }], 0],
  ] as const)('%s', ([, layout, eighths]) => {
    expect(geometry).not.toBeNull();
    expect(unusableMib(geometry, layout, 8_000)).toBe(eighths * 1_000);
  });

  test('a card without MIG strands nothing', () => {
    expect(unusableMib(null, [], 8_000)).toBe(0);
  });
});
