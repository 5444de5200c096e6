import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stopAllReplicas } from '../../agent/replica-stop.ts';
import { placementRefusal } from '../../shared/domain/mig-profile.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import { place, startHarness, type Harness } from '../fakes/agent/core-harness.ts';
import { FakeNode } from '../fakes/agent/fake-node.ts';
import {
  replica,
  replicaGone,
  shapes,
  slice,
  sliceGone,
  target,
  workload,
} from '../fakes/agent/targets.ts';
import { must } from '../fakes/agent/fake-core.ts';
import { parseClusterId } from '../../shared/domain/ids.ts';
import { silentLog } from '../../shared/platform/log.ts';

function phases(harness: Harness): Record<string, string> {
  return Object.fromEntries(
    harness.core.replicas().map((each) => [each.model, `${each.phase} ${each.restarts}`]),
  );
}

function twoMigModels(fake: FakeNode) {
  const gpu = fake.cards[0]?.uuid;
  if (gpu === undefined) throw new Error('the fake has a card');
  const a = slice('a.0', gpu, shapes.half(0));
  const b = slice('b.0', gpu, shapes.small(4));
  return { gpu, a, b, replicas: [replica('vad', [a]), replica('ner', [b])] };
}

test('a MIG target becomes instances, then replicas, then ready', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const { gpu, a, b, replicas } = twoMigModels(fake);
  expect(harness.core.acceptTarget(target(1, { slices: [a, b], replicas }))).toEqual({
    kind: 'accepted',
  });
  await harness.advance(5_000);
  expect(fake.history).toEqual([
    `mig on ${gpu}`,
    `create 9@0 ${gpu}`,
    `create-ci 9@0 ${gpu}`,
    `create 19@4 ${gpu}`,
    `create-ci 19@4 ${gpu}`,
    'start vad-00000001',
    'start ner-00000001',
  ]);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 0' });
  expect(harness.core.status()).toMatchObject({
    acceptedEpoch: 1,
    acceptedGeneration: 1,
    gpus: [{ gpu, outcome: 'converged', detail: '' }],
    slices: [
      { slice: 'a.0', phase: 'ready', deviceUuid: `MIG-${gpu}-1` },
      { slice: 'b.0', phase: 'ready', deviceUuid: `MIG-${gpu}-2` },
    ],
  });
  expect(harness.core.lastRound()?.outcome).toBe('converged');
  await harness.stop();
});

test('tombstones take replica, instance and claim away in order, and nothing else', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const { gpu, a, b, replicas } = twoMigModels(fake);
  harness.core.acceptTarget(target(1, { slices: [a, b], replicas }));
  await harness.advance(5_000);
  fake.history.length = 0;
  // Absence is no command: a target that names nothing stops nothing.
  harness.core.acceptTarget(target(2, {}));
  await harness.advance(5_000);
  expect(fake.history).toEqual([]);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 0' });
  const tombstones = [replicaGone('vad'), sliceGone(a)];
  const revisions = { [gpu]: harness.core.inventory()?.gpus[0]?.layoutRevision ?? 0 };
  harness.core.acceptTarget(
    target(3, { slices: [b], replicas: replicas.slice(1), tombstones, revisions }),
  );
  await harness.advance(5_000);
  expect(fake.history).toEqual([
    'stop vad-00000001',
    `destroy-ci 9@0 ${gpu}`,
    `destroy 9@0 ${gpu}`,
  ]);
  expect(harness.core.status().tombstonesDone).toEqual(tombstones);
  expect(phases(harness)).toEqual({ vad: 'stopped 0', ner: 'ready 0' });
  expect(harness.store.bindings().map((each) => each.slice.id)).toEqual(['b.0']);
  await harness.stop();
});

test('two shares of a card get one MPS daemon, limits divided among processes, and the daemon leaves with the last', async () => {
  const fake = new FakeNode('L40S');
  const gpu = fake.cards[0]?.uuid ?? raise();
  const harness = startHarness(fake, place);
  await harness.advance(1_000);
  const a = slice('a.0', gpu, shapes.mps(9_216));
  const b = slice('b.0', gpu, shapes.mps(9_216));
  const specs: unknown[] = [];
  fake.startFails = (spec) => {
    specs.push(spec.grant);
    return null;
  };
  const replicas = [replica('vad', [a], { processes: 2 }), replica('ner', [b])];
  harness.core.acceptTarget(target(1, { slices: [a, b], replicas }));
  await harness.advance(5_000);
  expect(fake.history).toEqual([
    `mps-start ${gpu}`,
    `mps-limit ${gpu} 25% 9216MiB`,
    'start vad-00000001',
    'start ner-00000001',
  ]);
  const pipeDirectory = `/run/mps/${gpu}/pipe`;
  expect(specs).toEqual([
    { deviceUuids: [gpu], mps: { pipeDirectory, smPercent: 12, memoryMib: 4_608 } },
    { deviceUuids: [gpu], mps: { pipeDirectory, smPercent: 25, memoryMib: 9_216 } },
  ]);
  expect(harness.core.inventory()?.gpus[0]?.mode).toBe('mps');
  fake.history.length = 0;
  harness.core.acceptTarget(
    target(2, {
      tombstones: [replicaGone('vad'), replicaGone('ner'), sliceGone(a), sliceGone(b)],
    }),
  );
  await harness.advance(5_000);
  expect(fake.history).toEqual(
    ['stop vad-00000001', 'stop ner-00000001', `mps-stop ${gpu}`].sort(asDone),
  );
  expect(harness.core.inventory()?.gpus[0]?.mode).toBe('idle');
  expect(harness.store.mpsCards()).toEqual([]);
  expect(harness.store.mpsDefaults()).toEqual([]);
  await harness.stop();
});

test('clients that ask for nothing are bounded by the largest share of their card, whoever comes and goes', async () => {
  const fake = new FakeNode('L40S');
  const card = fake.cards[0] ?? raise();
  const harness = startHarness(fake, place);
  await harness.advance(1_000);
  const a = slice('a.0', card.uuid, shapes.mps(4_608));
  const b = slice('b.0', card.uuid, shapes.mps(9_216));
  const vad = replica('vad', [a]);
  const ner = replica('ner', [b]);
  harness.core.acceptTarget(target(1, { slices: [a], replicas: [vad] }));
  await harness.advance(5_000);
  expect(card.mpsDefaults).toEqual({ smPercent: 25, memoryMib: 4_608 });
  // A daemon that refuses holds up who needs more, says so, and leaves alone what runs.
  fake.history.length = 0;
  card.stuck = 'it answers "4G"';
  harness.core.acceptTarget(target(2, { slices: [a, b], replicas: [vad, ner] }));
  await harness.advance(3_000);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'waiting 0' });
  expect(harness.core.replicas().find((each) => each.model === 'ner')?.reason).toContain('"4G"');
  expect(harness.core.status().gpus[0]).toMatchObject({ outcome: 'failed' });
  card.stuck = null;
  harness.core.poke();
  await harness.advance(3_000);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 0' });
  expect(fake.history).toEqual([`mps-limit ${card.uuid} 25% 9216MiB`, 'start ner-00000001']);
  // The largest leaves: the bound follows it.
  const tombstones = [replicaGone('ner'), sliceGone(b)];
  harness.core.acceptTarget(target(3, { slices: [a], replicas: [vad], tombstones }));
  await harness.advance(5_000);
  expect(card.mpsDefaults).toEqual({ smPercent: 25, memoryMib: 4_608 });
  // Another daemon in its place knows nothing, whoever has started it.
  card.mpsIncarnation += 1;
  card.mpsDefaults = null;
  harness.core.poke();
  await harness.advance(3_000);
  expect(card.mpsDefaults).toEqual({ smPercent: 25, memoryMib: 4_608 });
  // An agent that begins anew has it written down.
  fake.history.length = 0;
  await harness.restart();
  await harness.advance(3_000);
  expect(fake.history).toEqual([]);
  expect(fake.violations).toEqual([]);
  await harness.stop();
});

test('a restarted agent re-adopts what runs, without a restart and without telling that it is not ready', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const { a, b, replicas } = twoMigModels(fake);
  harness.core.acceptTarget(target(1, { slices: [a, b], replicas }));
  await harness.advance(5_000);
  fake.history.length = 0;
  await harness.restart();
  const seen = new Set<string>();
  harness.core.onChange(() => {
    for (const each of harness.core.replicas()) seen.add(each.phase);
  });
  await harness.advance(20_000);
  expect(fake.history).toEqual([]);
  expect([...seen]).toEqual(['ready']);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 0' });
  await harness.stop();
});

test('what the agent has stopped with itself starts at once: no back-off, no restart counted, and the reason told', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const { a, b, replicas } = twoMigModels(fake);
  const wanted = target(1, { slices: [a, b], replicas });
  harness.core.acceptTarget(wanted);
  await harness.advance(5_000);
  fake.end('ner-00000001', 1);
  await harness.advance(11_500);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 1' });
  await harness.stop();
  const { store, clock } = harness;
  const options = { store, clock, graceMs: 1_000, log: silentLog };
  const runtimes = [fake.runtime('docker'), fake.runtime('process')];
  expect(await stopAllReplicas(runtimes, options, new AbortController().signal)).toBe(2);
  expect(fake.replicas.size).toBe(0);
  const told = store.events({ limit: 2, subject: null }).map((each) => each.message);
  expect(told).toEqual(['stopped with its agent', 'stopped with its agent']);
  // Docker and its likes take their time: the first rounds can only tell why nothing runs.
  fake.answers = { docker: false, process: false };
  await harness.restart();
  await harness.advance(500);
  expect(harness.core.replicas().map(({ phase, reason }) => `${phase}: ${reason}`)).toEqual([
    'waiting: the process runtime does not answer',
    'waiting: the process runtime does not answer',
  ]);
  fake.answers = { docker: false, process: true };
  const seen = new Set<string>();
  harness.core.onChange(() => {
    for (const { phase, reason } of harness.core.replicas()) seen.add(`${phase}: ${reason}`);
  });
  harness.core.poke();
  await harness.advance(1_000);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 1' });
  expect([...seen].filter((each) => /backoff|removed/.test(each))).toEqual([]);
  await harness.stop();
});

test('a replica that somebody has removed is told as such, and waits its back-off', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  harness.core.acceptTarget(target(1, { replicas: [replica('vad', [])] }));
  await harness.advance(3_000);
  fake.replicas.clear();
  harness.core.poke();
  await harness.advance(500);
  expect(harness.core.replicas()).toMatchObject([
    { phase: 'backoff', reason: 'it is gone: somebody has removed it' },
  ]);
  await harness.advance(2_000);
  expect(phases(harness)).toEqual({ vad: 'ready 1' });
  await harness.stop();
});

test('an agent with an empty store adopts what runs, and never destroys the instances it did not make', async () => {
  const fake = new FakeNode('A100-40GB');
  const first = startHarness(fake);
  await first.advance(1_000);
  const { a, b, replicas } = twoMigModels(fake);
  first.core.acceptTarget(target(1, { slices: [a, b], replicas }));
  await first.advance(5_000);
  await first.stop();
  fake.history.length = 0;
  const second = startHarness(fake);
  await second.advance(5_000);
  expect(fake.history).toEqual([]);
  second.core.acceptTarget(target(2, { slices: [a, b], replicas }));
  await second.advance(5_000);
  expect(fake.history).toEqual([]);
  expect(phases(second)).toEqual({ vad: 'ready 0', ner: 'ready 0' });
  second.core.acceptTarget(
    target(3, { slices: [b], replicas: [], tombstones: [replicaGone('vad'), sliceGone(a)] }),
  );
  await second.advance(5_000);
  expect(fake.history).toEqual(['stop vad-00000001']);
  expect(fake.cards[0]?.instances).toHaveLength(2);
  await second.stop();
});

test('after a reboot the layout is made again before the replicas start', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const { gpu, a, b, replicas } = twoMigModels(fake);
  harness.core.acceptTarget(target(1, { slices: [a, b], replicas }));
  await harness.advance(5_000);
  fake.history.length = 0;
  fake.reboot();
  await harness.restart();
  await harness.advance(5_000);
  expect(fake.history).toEqual([
    `create 9@0 ${gpu}`,
    `create-ci 9@0 ${gpu}`,
    `create 19@4 ${gpu}`,
    `create-ci 19@4 ${gpu}`,
    'start vad-00000001',
    'start ner-00000001',
  ]);
  expect(phases(harness)).toEqual({ vad: 'ready 1', ner: 'ready 1' });
  await harness.stop();
});

test('a replica that ends is started again after 1 s, 2 s, 4 s', async () => {
  const fake = new FakeNode('L40S');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const cpu = replica('vad', []);
  harness.core.acceptTarget(target(1, { replicas: [cpu] }));
  await harness.advance(1_000);
  const waits: number[] = [];
  for (let time = 0; time < 3; time += 1) {
    fake.end('vad-00000001', 137);
    harness.core.poke();
    const from = harness.clock.monotonicMs();
    await harness.clock.advance(100);
    expect(harness.core.replicas()[0]).toMatchObject({
      phase: 'backoff',
      reason: 'it exited with code 137: out of memory',
    });
    while (fake.replicas.get('vad-00000001')?.state !== 'running') await harness.clock.advance(50);
    waits.push(Math.round((harness.clock.monotonicMs() - from) / 500) * 500);
    await harness.clock.advance(1_000);
  }
  expect(waits).toEqual([1_000, 2_000, 4_000]);
  expect(phases(harness)).toEqual({ vad: 'ready 3' });
  await harness.stop();
});

test('an older target, another cluster and a changed copy are refused, and the accepted one goes on', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const { a, b, replicas } = twoMigModels(fake);
  const two = target(2, { slices: [a, b], replicas });
  expect(harness.core.acceptTarget(two)).toEqual({ kind: 'accepted' });
  expect(harness.core.acceptTarget(structuredClone(two))).toEqual({ kind: 'unchanged' });
  for (const [wrong, code] of [
    [target(1, {}), 'TARGET_OLDER'],
    [target(2, {}), 'TARGET_CONFLICT'],
    [{ ...target(3, {}), clusterId: other }, 'CLUSTER_MISMATCH'],
  ] as const) {
    expect(harness.core.acceptTarget(wrong)).toMatchObject({ kind: 'refused', problem: { code } });
  }
  await harness.advance(5_000);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 0' });
  await harness.stop();
});

const goneByHand = '3g.20gb at 0 was destroyed by somebody else; agentctl mig apply makes it again';

test('a card whose layout was changed by hand refuses its part alone', async () => {
  const fake = new FakeNode('2xA100-40GB');
  const [one, two] = fake.cards.map((each) => each.uuid);
  if (one === undefined || two === undefined) throw new Error('two cards');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  fake.card(one).migEnabled = true;
  fake.card(one).migPending = true;
  fake.createInstance(one, 19, 6).uuid = 'MIG-by-hand';
  await harness.advance(11_000);
  const a = slice('a.0', one, shapes.half(0));
  const b = slice('b.0', two, shapes.half(0));
  const replicas = [replica('vad', [a]), replica('ner', [b])];
  harness.core.acceptTarget(target(1, { slices: [a, b], replicas }));
  await harness.advance(5_000);
  expect(harness.core.status().gpus).toEqual([
    {
      gpu: one,
      outcome: 'refused',
      detail: 'planned from layout revision 1, the card is at 2 now',
    },
    { gpu: two, outcome: 'converged', detail: '' },
  ]);
  expect(phases(harness)).toEqual({ vad: 'waiting 0', ner: 'ready 0' });
  harness.core.acceptTarget(target(2, { slices: [a, b], replicas, revisions: { [one]: 2 } }));
  await harness.advance(5_000);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 0' });
  expect(fake.card(one).instances.some((each) => each.uuid === 'MIG-by-hand')).toBe(true);
  await harness.stop();
});

test('our own steps are no drift: a target planned while they ran is taken', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const { a, b, replicas } = twoMigModels(fake);
  harness.core.acceptTarget(target(1, { slices: [a], replicas: replicas.slice(0, 1) }));
  await harness.advance(5_000);
  expect(harness.core.inventory()?.gpus[0]?.layoutRevision).toBeGreaterThan(1);
  harness.core.acceptTarget(target(2, { slices: [a, b], replicas }));
  await harness.advance(5_000);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 0' });
  await harness.stop();
});

test('an instance that was removed by hand is shown, and not made again', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const { gpu, a } = twoMigModels(fake);
  harness.core.acceptTarget(target(1, { slices: [a] }));
  await harness.advance(5_000);
  fake.card(gpu).instances = [];
  fake.history.length = 0;
  await harness.advance(20_000);
  expect(fake.history).toEqual([]);
  expect(harness.core.status()).toMatchObject({
    gpus: [{ outcome: 'waiting', detail: goneByHand }],
    slices: [{ slice: 'a.0', phase: 'failed', reason: goneByHand }],
  });
  await harness.stop();
});

test('one stuck card holds up nothing else', async () => {
  const fake = new FakeNode('2xA100-40GB');
  const [one, two] = fake.cards.map((each) => each.uuid);
  if (one === undefined || two === undefined) throw new Error('two cards');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  fake.card(one).stuck = 'In use by another client';
  const a = slice('a.0', one, shapes.half(0));
  const b = slice('b.0', two, shapes.half(0));
  const replicas = [replica('vad', [a]), replica('ner', [b]), replica('cpu', [])];
  harness.core.acceptTarget(target(1, { slices: [a, b], replicas }));
  await harness.advance(5_000);
  expect(phases(harness)).toEqual({ vad: 'waiting 0', ner: 'ready 0', cpu: 'ready 0' });
  expect(harness.core.status().gpus.map((each) => [each.outcome, each.detail])).toEqual([
    ['failed', `turn MIG on on ${one}: In use by another client`],
    ['converged', ''],
  ]);
  fake.card(one).stuck = null;
  await harness.advance(70_000);
  expect(phases(harness)['vad']).toBe('ready 0');
  await harness.stop();
});

test('a tool that fails makes the cards blind and leaves the rest alone', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const { a, b, replicas } = twoMigModels(fake);
  harness.core.acceptTarget(target(1, { slices: [a, b], replicas }));
  await harness.advance(5_000);
  fake.smiBroken = 'nvidia-smi is gone';
  fake.history.length = 0;
  const cpu = replica('cpu', []);
  harness.core.acceptTarget(target(2, { slices: [a, b], replicas: [...replicas, cpu] }));
  await harness.advance(20_000);
  expect(fake.history).toEqual(['start cpu-00000001']);
  expect(phases(harness)).toEqual({ vad: 'ready 0', ner: 'ready 0', cpu: 'ready 0' });
  expect(harness.core.inventory()?.gpus).toMatchObject([
    { health: { state: 'failed', reason: 'nvidia-smi is gone' } },
  ]);
  expect(harness.core.status().gpus).toMatchObject([
    { outcome: 'blind', detail: 'nvidia-smi is gone' },
  ]);
  fake.smiBroken = null;
  await harness.advance(31_000);
  expect(harness.core.inventory()?.gpus[0]?.health).toEqual({ state: 'ok' });
  expect(harness.core.status().gpus[0]?.outcome).toBe('converged');
  await harness.stop();
});

test('a changed spec of the same replica replaces what runs', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  harness.core.acceptTarget(target(1, { replicas: [replica('vad', [])] }));
  await harness.advance(3_000);
  fake.history.length = 0;
  const changed = replica('vad', [], { workload: { ...workload, args: ['--fast'] } });
  harness.core.acceptTarget(target(2, { replicas: [changed] }));
  await harness.advance(3_000);
  expect(fake.history).toEqual(['stop vad-00000001', 'start vad-00000001']);
  expect(phases(harness)).toEqual({ vad: 'ready 1' });
  await harness.stop();
});

test('an image that is pulled is shown, and started when it is there', async () => {
  const fake = new FakeNode('L40S');
  fake.answers.docker = true;
  fake.pullRounds.set('vad-00000001', 3);
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const image = replica('vad', [], { workload: { ...workload, image: 'vad:1' } });
  harness.core.acceptTarget(target(1, { replicas: [image] }));
  await harness.advance(500);
  expect(harness.core.replicas()).toMatchObject([
    { phase: 'pulling', reason: 'pulling, 3 rounds left', runtime: 'docker' },
  ]);
  await harness.advance(10_000);
  expect(phases(harness)).toEqual({ vad: 'ready 0' });
  await harness.stop();
});

test('a startup that takes too long is told as failed, and the replica is left running', async () => {
  const fake = new FakeNode('L40S');
  fake.healthy = () => false;
  const harness = startHarness(fake);
  await harness.advance(1_000);
  const slow = replica('vad', [], {
    workload: { ...workload, health: { path: '/healthz', startupDeadlineMs: 10_000 } },
  });
  harness.core.acceptTarget(target(1, { replicas: [slow] }));
  await harness.advance(5_000);
  expect(phases(harness)).toEqual({ vad: 'starting 0' });
  await harness.advance(16_000);
  expect(harness.core.replicas()).toMatchObject([
    {
      phase: 'failed',
      reason: 'not healthy within 10s (it still runs): /healthz answers 503',
    },
  ]);
  fake.healthy = () => true;
  await harness.advance(5_000);
  expect(phases(harness)).toEqual({ vad: 'ready 0' });
  await harness.stop();
});

test('a replica that takes its time to end holds up nobody else, and is told as stopping', async () => {
  const fake = new FakeNode('2xA100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  harness.core.acceptTarget(target(1, { replicas: [replica('vad', []), replica('ner', [])] }));
  await harness.advance(3_000);
  const never = new AbortController().signal;
  fake.beforeStop = (name) =>
    name === 'vad-00000001' ? harness.clock.sleep(60_000, never) : Promise.resolve();
  harness.core.acceptTarget(
    target(2, {
      replicas: [replica('asr', [])],
      tombstones: [replicaGone('vad'), replicaGone('ner')],
    }),
  );
  await harness.advance(5_000);
  expect(phases(harness)).toEqual({ vad: 'stopping 0', ner: 'stopped 0', asr: 'ready 0' });
  await harness.advance(60_000);
  expect(phases(harness)).toEqual({ vad: 'stopped 0', ner: 'stopped 0', asr: 'ready 0' });
  expect(fake.history.filter((each) => each === 'stop vad-00000001')).toHaveLength(1);
  await harness.stop();
});

test('a tool that hangs is waited for, once, and holds up nothing that has no card', async () => {
  const fake = new FakeNode('A100-40GB');
  const harness = startHarness(fake);
  await harness.advance(1_000);
  let asked = 0;
  let answer = (): void => undefined;
  fake.beforeAnswer = () => {
    asked += 1;
    return new Promise((resolve) => {
      answer = resolve;
    });
  };
  harness.core.acceptTarget(target(1, { replicas: [replica('cpu', [])] }));
  await harness.advance(30_000);
  expect(phases(harness)).toEqual({ cpu: 'ready 0' });
  expect(asked).toBe(1);
  expect(harness.core.lastRound()?.blindParts).toContain(
    'nvidia-smi: nvidia-smi has still not answered',
  );
  fake.beforeAnswer = () => Promise.resolve();
  answer();
  await harness.advance(31_000);
  expect(harness.core.lastRound()?.outcome).toBe('converged');
  await harness.stop();
});

test('the sampler lets go of the cards while one is changed', async () => {
  const fake = new FakeNode('A100-40GB');
  const holds: string[] = [];
  const harness = startHarness(
    fake,
    {},
    {
      release: () => {
        holds.push(`release after ${fake.history.length}`);
        return Promise.resolve();
      },
      resume: () => {
        holds.push(`resume after ${fake.history.length}`);
      },
    },
  );
  await harness.advance(1_000);
  const { a } = twoMigModels(fake);
  harness.core.acceptTarget(target(1, { slices: [a] }));
  await harness.advance(3_000);
  expect(holds).toEqual(['release after 0', 'resume after 1', 'release after 1', 'resume after 3']);
  await harness.stop();
});

test('dies at any boundary between two steps, and is finished at the next start', async () => {
  // The undisturbed run tells how many boundaries there are.
  const boundaries = await crashRun(null);
  expect(boundaries).toBeGreaterThan(60);
  for (let at = 1; at <= boundaries; at += 1) await crashRun(at);
});

/** Brings two MIG models and an MPS share up and down again, dying at the given boundary. */
async function crashRun(crashAt: number | null): Promise<number> {
  const fake = new FakeNode('A100-40GB,L40S');
  const [mig, shared] = fake.cards.map((each) => each.uuid);
  if (mig === undefined || shared === undefined) throw new Error('two cards');
  const harness = startHarness(fake);
  await harness.advance(500);
  const from = fake.touches;
  fake.crashIn = crashAt;
  const a = slice('a.0', mig, shapes.half(0));
  const b = slice('b.0', mig, shapes.small(4));
  const c = slice('c.0', shared, shapes.mps(9_216));
  const replicas = [replica('vad', [a]), replica('ner', [b]), replica('asr', [c])];
  const settle = async (wanted: ReturnType<typeof target>): Promise<void> => {
    for (let tries = 0; tries < 4; tries += 1) {
      try {
        harness.core.acceptTarget(wanted);
      } catch {
        // Died while it accepted.
      }
      await harness.advance(8_000);
      if (!fake.crashed) return;
      await harness.restart();
      await harness.advance(500);
    }
  };
  await settle(target(1, { slices: [a, b, c], replicas }));
  expect(phases(harness), `up after a crash at ${crashAt}`).toMatchObject({
    vad: expect.stringMatching(/^ready/),
    ner: expect.stringMatching(/^ready/),
    asr: expect.stringMatching(/^ready/),
  });
  expect(fake.card(mig).instances).toHaveLength(2);
  const tombstones = [a, b, c].map(sliceGone);
  await settle(
    target(2, {
      slices: [],
      tombstones: [replicaGone('vad'), replicaGone('ner'), replicaGone('asr'), ...tombstones],
    }),
  );
  expect(fake.replicas.size, `down after a crash at ${crashAt}`).toBe(0);
  expect(fake.card(mig).instances).toEqual([]);
  expect(fake.card(shared).mpsRunning).toBe(false);
  expect(harness.core.status().tombstonesDone).toHaveLength(6);
  expect(harness.store.openIntents()).toEqual([]);
  expect(harness.store.replicas()).toEqual([]);
  const touches = fake.touches - from;
  await harness.stop();
  return touches;
}

type Act =
  | { readonly kind: 'add'; readonly card: number; readonly shape: number }
  | { readonly kind: 'remove' | 'end'; readonly which: number }
  | { readonly kind: 'restart' | 'reboot' }
  | { readonly kind: 'stick' | 'hand'; readonly card: number }
  | { readonly kind: 'wait'; readonly ms: number };

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('add' as const), card: fc.nat(2), shape: fc.nat(9) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('remove' as const, 'end' as const),
      which: fc.nat(9),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'reboot' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('stick' as const), card: fc.nat(2) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('hand' as const), card: fc.nat(1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 50, max: 6_000 }),
    }),
  },
);

interface Wish {
  readonly name: string;
  readonly slice: Slice;
}

/** A coordinator that does as I6 says: one generation a change, tombstones kept until they are reported done. */
class TestCoordinator {
  readonly harness: Harness;
  wishes: Wish[] = [];
  dying: Wish[] = [];
  /** Every replica that was ever tombstoned. */
  readonly condemned = new Set<string>();
  #generation = 0;
  #count = 0;

  constructor(harness: Harness) {
    this.harness = harness;
  }

  add(card: number, shapeAt: number): void {
    const fake = this.harness.fake.cards[card];
    if (fake === undefined) return;
    const shape =
      fake.geometry === null
        ? shapes.mps(shapeAt % 2 === 0 ? 9_216 : 4_608)
        : migShapes[shapeAt % migShapes.length];
    if (shape === undefined) return;
    const held = [...this.wishes, ...this.dying].filter((each) => each.slice.gpu === fake.uuid);
    if (fake.geometry === null && held.length >= 4) return;
    if (fake.geometry !== null && shape.kind === 'mig') {
      const places = held.flatMap(({ slice: { shape: of } }) => (of.kind === 'mig' ? [of] : []));
      // It does not know of the instances of others: the node must refuse those places itself.
      const ours = fake.instances.filter((each) => each.uuid !== byHand);
      if (placementRefusal(fake.geometry, [...places, ...ours], shape) !== null) return;
    }
    this.#count += 1;
    const name = `m${this.#count}`;
    this.wishes.push({ name, slice: slice(`${name}.0`, fake.uuid, shape) });
  }

  remove(which: number): void {
    const [gone] = this.wishes.splice(which % Math.max(1, this.wishes.length), 1);
    if (gone === undefined) return;
    this.condemned.add(`${gone.name}-00000001`);
    this.dying.push(gone);
  }

  publish(): void {
    const { core } = this.harness;
    const done = new Set(core.status().tombstonesDone.map((each) => JSON.stringify(each)));
    this.dying = this.dying.filter(({ name, slice: of }) =>
      [replicaGone(name), sliceGone(of)].some((each) => !done.has(JSON.stringify(each))),
    );
    const inventory = core.inventory();
    const revisions = Object.fromEntries(
      (inventory?.gpus ?? []).map((gpu) => [gpu.uuid, gpu.layoutRevision]),
    );
    this.#generation += 1;
    core.acceptTarget(
      target(this.#generation, {
        slices: this.wishes.map((each) => each.slice),
        replicas: this.wishes.map((each) => replica(each.name, [each.slice])),
        tombstones: this.dying.flatMap((each) => [replicaGone(each.name), sliceGone(each.slice)]),
        revisions,
      }),
    );
  }
}

const migShapes = [
  ...[0, 4].map((start) => shapes.half(start)),
  ...[0, 1, 2, 3, 4, 5, 6].map((start) => shapes.small(start)),
];

test('converges from whatever has happened, stops only what is condemned, and never holds a slice twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyAct, { minLength: 6, maxLength: 24, size: 'max' }),
      async (acts) => {
        const fake = new FakeNode('2xA100-40GB,L40S');
        const harness = startHarness(fake);
        const coordinator = new TestCoordinator(harness);
        await harness.advance(500);
        const stopped = () => fake.history.filter((each) => each.startsWith('stop '));
        for (const act of acts) {
          await perform(act, coordinator);
          coordinator.publish();
          await harness.clock.advance(20);
          for (const line of stopped()) {
            expect(coordinator.condemned.has(line.slice('stop '.length)), line).toBe(true);
          }
        }
        for (const card of fake.cards) card.stuck = null;
        harness.core.poke();
        for (let time = 0; time < 4; time += 1) {
          await harness.advance(16_000);
          coordinator.publish();
        }
        await harness.advance(2_000);
        const wanted = Object.fromEntries(coordinator.wishes.map((each) => [each.name, 'ready']));
        const drifted = new Set(
          harness.core
            .status()
            .slices.flatMap((each) => (each.phase === 'failed' ? [each.slice] : [])),
        );
        const expected = coordinator.wishes.filter(
          (each) => !drifted.has(each.slice.id) && !isBlocked(fake, each.slice),
        );
        const found = harness.core.replicas().filter((each) => each.phase !== 'stopped');
        for (const each of expected) {
          expect(found.find((status) => status.model === each.name)?.phase).toBe(wanted[each.name]);
        }
        expect(coordinator.dying).toEqual([]);
        expect([...fake.replicas.keys()].filter((each) => coordinator.condemned.has(each))).toEqual(
          [],
        );
        expect(harness.core.status().gpus.filter((each) => each.outcome === 'failed')).toEqual([]);
        expect(fake.violations).toEqual([]);
        const shares = coordinator.wishes.flatMap(({ slice: { shape } }) =>
          shape.kind === 'mps' ? [shape.memoryMib] : [],
        );
        const bounded = fake.cards.find((each) => each.mpsRunning)?.mpsDefaults?.memoryMib;
        expect(bounded).toBe(shares.length === 0 ? undefined : Math.max(...shares));
        expect(harness.store.openIntents()).toEqual([]);
        await harness.stop();
      },
    ),
    { numRuns: 40, seed: 42 },
  );
});

const byHand = 'MIG-by-hand';

/** Somebody else's instance stands where this slice is to be. */
function isBlocked(fake: FakeNode, { gpu, shape }: Slice): boolean {
  const { geometry, instances } = fake.card(gpu);
  const theirs = instances.filter((each) => each.uuid === byHand);
  if (geometry === null || shape.kind !== 'mig') return false;
  return placementRefusal(geometry, theirs, shape) !== null;
}

async function perform(act: Act, coordinator: TestCoordinator): Promise<void> {
  const { harness } = coordinator;
  const { fake } = harness;
  switch (act.kind) {
    case 'add':
      coordinator.add(act.card, act.shape);
      return;
    case 'remove':
      coordinator.remove(act.which);
      return;
    case 'end': {
      const running = [...fake.replicas.values()].filter((each) => each.state === 'running');
      const one = running[act.which % Math.max(1, running.length)];
      if (one !== undefined) fake.end(one.replica, 1);
      return;
    }
    case 'restart':
      await harness.restart();
      await harness.advance(500);
      return;
    case 'reboot':
      fake.reboot();
      await harness.restart();
      await harness.advance(500);
      return;
    case 'stick': {
      const card = fake.cards[act.card];
      if (card !== undefined) card.stuck = card.stuck === null ? 'In use by another client' : null;
      return;
    }
    case 'hand': {
      // Somebody makes an instance of their own, where there is room.
      const card = fake.cards[act.card];
      if (card?.migEnabled !== true) return;
      if (card.geometry === null) return;
      const place = { giProfileId: 19, start: 6 };
      if (placementRefusal(card.geometry, card.instances, place) !== null) return;
      fake.createInstance(card.uuid, place.giProfileId, place.start).uuid = byHand;
      return;
    }
    case 'wait':
      await harness.advance(act.ms);
      return;
  }
}

const other = must(parseClusterId('c2'));

function raise(): never {
  throw new Error('the fake has a card');
}

/** Teardown order within one unit is by name. */
function asDone(left: string, right: string): number {
  const rank = (text: string): number => (text.startsWith('mps') ? 1 : 0);
  return rank(left) - rank(right) || (left < right ? -1 : 1);
}
