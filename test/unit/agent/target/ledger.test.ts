import { expect, test } from 'vitest';
import { openAgentStore } from '../../../../agent/store/sqlite-store.ts';
import type { LayoutRecord } from '../../../../agent/store/records.ts';
import { specHash } from '../../../../agent/target/spec-hash.ts';
import { localClusterId } from '../../../../agent/local/local-cluster.ts';
import { createLedger } from '../../../../agent/target/ledger.ts';
import { parseClusterId, parseNodeName } from '../../../../shared/domain/ids.ts';
import { gpuA, gpuB, must, node } from '../../../fakes/agent/fake-core.ts';
import {
  replica,
  replicaGone,
  shapes,
  slice,
  target,
  workload,
} from '../../../fakes/agent/targets.ts';

const a = slice('a.0', gpuA, shapes.half(0));
const b = slice('b.0', gpuB, shapes.half(0));
const both = { slices: [a, b], replicas: [replica('vad', [a]), replica('ner', [b])] };

function layout(gpu: typeof gpuA, revision: number, driftRevision: number): LayoutRecord {
  return { gpu, revision, driftRevision, fingerprint: 'mig:', shapeExpected: 'mig:', bootId: null };
}

function ledgerWith(...layouts: readonly LayoutRecord[]) {
  const store = openAgentStore(':memory:');
  for (const each of layouts) store.saveLayout(each);
  return { store, ledger: createLedger(store, node) };
}

test('a target is on disk before it is acknowledged, and is the one in force after a restart', () => {
  const { store, ledger } = ledgerWith(layout(gpuA, 1, 1), layout(gpuB, 1, 1));
  const wanted = target(4, both);
  expect(ledger.accept(wanted)).toEqual({ kind: 'accepted' });
  expect(createLedger(store, node).accepted()).toEqual({
    target: wanted,
    gpusInForce: wanted.gpus,
    refusals: [],
  });
});

const twice = target(5, {
  slices: [a],
  replicas: [replica('vad', [a]), replica('ner', [a])],
});

test.for([
  { name: 'an older generation', wrong: target(3, {}), code: 'TARGET_OLDER' },
  { name: 'an older epoch', wrong: { ...target(9, {}), epoch: 0 }, code: 'TARGET_OLDER' },
  { name: 'the same version, changed', wrong: target(4, {}), code: 'TARGET_CONFLICT' },
  {
    name: 'another cluster',
    wrong: { ...target(5, {}), clusterId: must(parseClusterId('c2')) },
    code: 'CLUSTER_MISMATCH',
  },
  {
    name: 'another node',
    wrong: { ...target(5, {}), node: must(parseNodeName('n2')) },
    code: 'TARGET_INVALID',
  },
  { name: 'a slice given to two replicas', wrong: twice, code: 'TARGET_INVALID' },
  {
    name: 'a slice under another card',
    wrong: {
      ...target(5, {}),
      gpus: [{ gpu: gpuB, layoutRevision: 1, mode: 'mig' as const, slices: [a] }],
    },
    code: 'TARGET_INVALID',
  },
])('refuses $name, and keeps what it has', ({ wrong, code }) => {
  const { ledger } = ledgerWith(layout(gpuA, 1, 1), layout(gpuB, 1, 1));
  ledger.accept(target(4, both));
  const before = ledger.accepted();
  expect(ledger.accept(wrong)).toMatchObject({ kind: 'refused', problem: { code } });
  expect(ledger.accepted()).toBe(before);
});

test('equal content is equal however it was built', () => {
  const { ledger } = ledgerWith(layout(gpuA, 1, 1), layout(gpuB, 1, 1));
  const wanted = target(4, both);
  ledger.accept(wanted);
  const turned = Object.fromEntries(Object.entries(wanted).reverse()) as unknown as typeof wanted; // The same keys in another order.
  expect(ledger.accept(turned)).toEqual({ kind: 'unchanged' });
});

test('a higher epoch is newer whatever its generation', () => {
  const { ledger } = ledgerWith();
  ledger.accept(target(4, {}));
  expect(ledger.accept({ ...target(1, {}), epoch: 2 })).toEqual({ kind: 'accepted' });
});

test('a slice may be named by a replica on its way out and by its successor', () => {
  const { ledger } = ledgerWith(layout(gpuA, 1, 1));
  const wanted = target(1, {
    slices: [a],
    replicas: [replica('vad', [a]), replica('ner', [a])],
    tombstones: [replicaGone('vad')],
  });
  expect(ledger.accept(wanted)).toEqual({ kind: 'accepted' });
});

test('a card that was changed by somebody else refuses its part; the other cards take theirs', () => {
  const { ledger } = ledgerWith(layout(gpuA, 3, 3), layout(gpuB, 1, 1));
  ledger.accept(target(1, both));
  expect(ledger.accepted()).toMatchObject({
    gpusInForce: [{ gpu: gpuB }],
    refusals: [{ gpu: gpuA, detail: 'planned from layout revision 1, the card is at 3 now' }],
  });
});

test('what we changed ourselves since is no surprise', () => {
  const { ledger } = ledgerWith(layout(gpuA, 5, 2), layout(gpuB, 1, 1));
  for (const [generation, revision, refused] of [
    [1, 2, 0],
    [2, 5, 0],
    [3, 6, 0],
  ] as const) {
    ledger.accept(target(generation, { ...both, revisions: { [gpuA]: revision } }));
    expect(ledger.accepted()?.refusals).toHaveLength(refused);
  }
  const { ledger: fresh } = ledgerWith(layout(gpuA, 5, 2), layout(gpuB, 1, 1));
  fresh.accept(target(1, { ...both, revisions: { [gpuA]: 6 } }));
  expect(fresh.accepted()?.refusals).toHaveLength(1);
});

test('a card goes on with what it took before when the same is wished again from an older layout', () => {
  const { store, ledger } = ledgerWith(layout(gpuA, 1, 1), layout(gpuB, 1, 1));
  ledger.accept(target(1, both));
  store.saveLayout(layout(gpuA, 2, 2));
  ledger.accept(target(2, both));
  expect(ledger.accepted()?.refusals).toEqual([]);
  const moved = slice('a.0', gpuA, shapes.half(4));
  ledger.accept(target(3, { slices: [moved, b], replicas: both.replicas }));
  expect(ledger.accepted()).toMatchObject({
    gpusInForce: [{ gpu: gpuA, slices: [{ shape: { start: 0 } }] }, { gpu: gpuB }],
    refusals: [{ gpu: gpuA }],
  });
});

test('a card that this node has never seen refuses its part', () => {
  const { ledger } = ledgerWith(layout(gpuB, 1, 1));
  ledger.accept(target(1, both));
  expect(ledger.accepted()?.refusals).toEqual([
    { gpu: gpuA, detail: `this node has never seen the card ${gpuA}` },
  ]);
});

test('the spec hash follows what needs a restart, and only that', () => {
  const base = replica('vad', [a]);
  const patient = { ...workload, health: { path: '/other', startupDeadlineMs: 1_000 } };
  expect(specHash({ ...base, workload: patient }, [a])).toBe(specHash(base, [a]));
  const others = [
    specHash({ ...base, workload: { ...workload, args: ['x'] } }, [a]),
    specHash({ ...base, processes: 2 }, [a]),
    specHash({ ...base, modelVersion: 2 }, [a]),
    specHash(base, [slice('a.0', gpuA, shapes.half(0), 2)]),
    specHash(base, []),
  ];
  expect(new Set([...others, specHash(base, [a])]).size).toBe(6);
});

function launched(content: Parameters<typeof target>[1]) {
  return { ...target(1, content), clusterId: localClusterId, epoch: 0 };
}

test('a node that runs what was launched on it joins no cluster before that is gone', () => {
  const { store, ledger } = ledgerWith(layout(gpuA, 1, 1), layout(gpuB, 1, 1));
  ledger.accept(launched(both));
  expect(ledger.accept(target(1, {}))).toMatchObject({
    kind: 'refused',
    problem: { code: 'CLUSTER_MISMATCH', hint: expect.stringContaining('agentctl rm') },
  });
  const stone = replicaGone('vad');
  ledger.accept({ ...launched({ tombstones: [stone] }), generation: 2 });
  expect(ledger.accept(target(1, {}))).toMatchObject({ kind: 'refused' });
  store.addTombstoneDone(stone);
  expect(ledger.accept(target(1, {}))).toEqual({ kind: 'accepted' });
});

const declarations = [{ of: 'models/vad', text: '{"priority":7}' }];

test('what a later target does not name is left with the node, as it was told, until one names or ends it', () => {
  const { store, ledger } = ledgerWith(layout(gpuA, 1, 1), layout(gpuB, 1, 1));
  ledger.accept({ ...target(4, both), declarations });
  started(store, replica('vad', [a]), a);
  const left = {
    epoch: 1,
    holder: { kind: 'replica', target: replica('vad', [a]) },
    slices: [a],
    declaration: '{"priority":7}',
  };
  // The other was never started: nothing of it is here.
  ledger.accept(target(5, {}));
  expect(createLedger(store, node).accepted()?.left).toEqual([left]);
  ledger.accept({ ...target(1, {}), epoch: 2 });
  expect(ledger.accepted()?.left).toEqual([left]);
  ledger.accept({ ...target(2, both), epoch: 2 });
  expect(ledger.accepted()?.left).toBeUndefined();
  ledger.accept({ ...target(3, { tombstones: [replicaGone('vad')] }), epoch: 2 });
  expect(ledger.accepted()?.left).toBeUndefined();
});

test('what ended in the usual way is not left: its tombstone, then nothing', () => {
  const { store, ledger } = ledgerWith(layout(gpuA, 1, 1), layout(gpuB, 1, 1));
  ledger.accept(target(4, both));
  started(store, replica('vad', [a]), a);
  ledger.accept(target(5, { slices: [a], tombstones: [replicaGone('vad')] }));
  store.removeReplica(replica('vad', [a]).replica);
  ledger.accept(target(6, {}));
  expect(ledger.accepted()?.left).toBeUndefined();
});

function started(
  store: ReturnType<typeof ledgerWith>['store'],
  of: ReturnType<typeof replica>,
  on: typeof a,
): void {
  store.saveReplica({
    replica: of.replica,
    target: of,
    specHash: specHash(of, [on]),
    runtime: 'process',
    slices: [on],
    restarts: 0,
    failures: 0,
    startedAtMs: 1,
    startedInBoot: null,
    notBeforeMs: 0,
    readyRuntimeId: null,
    readyAtMs: null,
    endedRuntimeId: null,
    lastReason: '',
    needsSomebody: false,
  });
}
