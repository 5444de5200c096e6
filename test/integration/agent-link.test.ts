import { afterEach, expect, test } from 'vitest';
import { CoordinatorLink } from '../../agent/link/link.ts';
import type { GpuSampleSet } from '../../agent/telemetry/sampler.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { createLinkClient } from '../../shared/wire/services.ts';
import { encodeTarget } from '../../shared/wire/target-codec.ts';
import { FakeCore, gpuA, gpuB, gpuRow, mpsTarget, readyReplica } from '../fakes/agent/fake-core.ts';
import { FakeCoordinator, type CoordinatorOptions } from '../fakes/agent/fake-coordinator.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function coordinator(options: CoordinatorOptions = {}): Promise<FakeCoordinator> {
  const made = await new FakeCoordinator(options).open();
  closers.push(() => made.close());
  return made;
}

function connect(address: string, core: FakeCore) {
  const events: string[] = [];
  const listeners = new Set<(sample: GpuSampleSet) => void>();
  const link = new CoordinatorLink({
    address,
    node: 'n1',
    core,
    clock: systemClock,
    random: () => 0,
    log: silentLog,
    connect: () => createLinkClient(address),
    onTrust: () => undefined,
    capabilities: ['mig', 'logs'],
    recordEvent: (kind, _subject, message) => events.push(`${kind} ${message}`),
    samples: {
      onSample: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  });
  const controller = new AbortController();
  const running = link.run(controller.signal);
  closers.push(async () => {
    controller.abort();
    await running;
  });
  const sample = (set: GpuSampleSet): void => listeners.forEach((listener) => listener(set));
  return { link, events, sample, listeners };
}

const tooOld = {
  kind: 'refused',
  problem: { code: 'TARGET_OLDER', message: 'it is older than what was accepted' },
} as const;

/** Waits for something that another process or socket does, with a deadline. */
async function until(what: string, holds: () => boolean, ms = 10_000): Promise<void> {
  const deadline = systemClock.monotonicMs() + ms;
  while (!holds()) {
    if (systemClock.monotonicMs() > deadline) throw new Error(`not in time: ${what}`);
    await systemClock.sleep(10, new AbortController().signal);
  }
}

test('hello carries who it is; then status, heartbeats, and inventory when it changes', async () => {
  const peer = await coordinator();
  const core = new FakeCore();
  core.replicaList = [readyReplica];
  const { link } = connect(peer.address, core);
  await until('a heartbeat', () => peer.kinds().includes('heartbeat'));
  const [hello, status] = peer.heard;
  expect(hello?.hello).toMatchObject({
    protocolVersion: 1,
    capabilities: ['mig', 'logs'],
    clusterId: '',
    inventory: { node: 'n1', gpus: [{ uuid: gpuA }] },
  });
  expect(status?.status?.replicas).toMatchObject([
    { replica: 'vad-1a2b3c4d', phase: 'REPLICA_PHASE_READY', address: '127.0.0.1:31000' },
  ]);
  expect(link.view()).toMatchObject({ connected: true, sessionsTotal: 1 });
  expect(peer.kinds()).not.toContain('inventory');
  core.change({ inventory: true, status: false });
  await until('an inventory', () => peer.kinds().includes('inventory'));
});

test('a target reaches the core, and its version comes back in a status', async () => {
  const peer = await coordinator();
  const core = new FakeCore();
  connect(peer.address, core);
  await until('a session', () => peer.sessions === 1);
  peer.say({ target: encodeTarget(mpsTarget(7)) });
  await until('a status of generation 7', () =>
    peer.heard.some((message) => message.status?.acceptedGeneration === '7'),
  );
  expect(core.targets).toEqual([mpsTarget(7)]);
});

test('a target that cannot be understood or kept is an event, once, and the session goes on', async () => {
  const peer = await coordinator();
  const core = new FakeCore();
  const { events, link } = connect(peer.address, core);
  await until('a session', () => peer.sessions === 1);
  const target = encodeTarget(mpsTarget(3));
  peer.say({ target: { ...target, node: 'Not A Node' } });
  peer.say({ target: { ...target, node: 'Not A Node' } });
  peer.say({ target });
  await until('the good target', () => core.targets.length === 1);
  expect(events.length).toBe(2);
  expect(events[1]).toMatch(/^target-refused target 1\.3: not understood: .*Not A Node/);
  core.acceptWith = () => {
    throw new Error('disk full');
  };
  peer.say({ target: { ...target, generation: 4 } });
  await until('the failed write', () => events.length === 3);
  expect(events[2]).toBe('target-refused target 1.4: not kept: disk full');
  expect(link.view()).toMatchObject({ connected: true, sessionsTotal: 1 });
});

test('a target that could not be kept is tried again, also where an older one came meanwhile', async () => {
  const peer = await coordinator();
  const core = new FakeCore();
  const { events } = connect(peer.address, core);
  await until('a session', () => peer.sessions === 1);
  let full = true;
  core.acceptWith = (target) => {
    if (target.generation < 3) return tooOld;
    if (full) throw new Error('disk full');
    return { kind: 'accepted' };
  };
  peer.say({ target: encodeTarget(mpsTarget(3)) });
  await until('the failed write', () => events.some((event) => event.includes('disk full')));
  peer.say({ target: encodeTarget(mpsTarget(2)) });
  await until('the old one', () => core.targets.some(({ generation }) => generation === 2));
  const from = core.targets.length;
  full = false;
  await until('the newer one again', () =>
    core.targets.slice(from).some(({ generation }) => generation === 3),
  );
});

test('a question for logs is answered, with the text or with why not', async () => {
  const peer = await coordinator();
  const core = new FakeCore();
  core.replicaList = [readyReplica];
  connect(peer.address, core);
  await until('a session', () => peer.sessions === 1);
  peer.say({ logs: { id: 1, replica: 'vad-1a2b3c4d', tailLines: 0 } });
  peer.say({ logs: { id: 2, replica: 'nobody', tailLines: 5 } });
  const answers = () => peer.heard.flatMap((message) => message.logs ?? []);
  await until('two answers', () => answers().length === 2);
  expect(answers().sort((a, b) => Number(a.id) - Number(b.id))).toEqual([
    { id: '1', text: '100 lines of vad-1a2b3c4d\n', error: '' },
    { id: '2', text: '', error: 'no replica nobody on this node' },
  ]);
});

test('a coordinator that goes silent is taken for dead, and dialled again', async () => {
  const peer = await coordinator({ beats: false });
  const { link, events } = connect(peer.address, new FakeCore());
  await until('a second session', () => link.view().sessionsTotal >= 2);
  expect(events.some((event) => /coordinator-lost .*silent for/.test(event))).toBe(true);
});

test('an agent started before its coordinator finds it, and finds it again after a restart', async () => {
  const first = await coordinator();
  const { port } = first;
  first.close();
  const { link } = connect(`127.0.0.1:${port}`, new FakeCore());
  await until('a failed attempt', () => /ECONNREFUSED|No connection/.test(link.view().detail));
  const second = await coordinator({ port });
  await until('a session', () => link.view().sessionsTotal === 1);
  second.close();
  await until('the loss', () => !link.view().connected);
  const third = await coordinator({ port });
  await until('another session', () => link.view().sessionsTotal === 2);
  expect(third.sessions).toBe(1);
  expect(link.view().connected).toBe(true);
});

test('a refusal and another protocol are told in words', async () => {
  const refusing = await coordinator({ refuse: 'node n1 belongs to cluster c9' });
  const refused = connect(refusing.address, new FakeCore());
  await until('the reason', () => /cluster c9/.test(refused.link.view().detail));
  const newer = await coordinator({ protocolVersion: 2 });
  const strange = connect(newer.address, new FakeCore());
  await until('the reason', () => /link protocol 2/.test(strange.link.view().detail));
  expect(strange.link.view().sessionsTotal).toBe(0);
});

test('samples travel as columns; the series are told first, and again when the cards change', async () => {
  const peer = await coordinator();
  const { sample, link, listeners } = connect(peer.address, new FakeCore());
  await until('the telemetry stream', () => listeners.size === 1);
  sample({ atMs: 1_000, cards: [gpuRow()] });
  sample({ atMs: 2_000, cards: [gpuRow({ utilizationPercent: null })] });
  sample({ atMs: 3_000, cards: [gpuRow(), gpuRow({ uuid: gpuB, index: 1 })] });
  await until('three batches', () => peer.telemetry.length === 3);
  expect(peer.telemetry.map((message) => message.series?.rows ?? null)).toEqual([
    [gpuA],
    null,
    [gpuA, gpuB],
  ]);
  expect(peer.telemetry.map((message) => message.batch?.values[0])).toEqual([0.5, Number.NaN, 0.5]);
  expect(link.view()).toMatchObject({ batchesSentTotal: 3, batchesDroppedTotal: 0 });
});
