import {
  copyFileSync,
  existsSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CoordinatorClient } from '../../coordinator/cli/client.ts';
import { realGcc } from '../bench/control-plane/recorded-writer.ts';
import { failingDisk, mounting, SmallDisk } from '../faults/failing-disk.ts';
import {
  allServing,
  expectNoDoublePlacement,
  lives,
  patientClient,
  processModel,
  serving,
  tell,
  untilNodeIs,
  type Serving,
} from '../faults/serving.ts';
import { needs } from '../setup/needs.ts';
import { eventually, TestCluster } from './cluster-harness.ts';

// Rows 19 to 22 of test/faults/README.md: disks that are full, slow or broken, and files that are not what they were.

const cards = '2xA100-40GB';
const extra = { docker: { enabled: false } };
let cluster: TestCluster;
let client: CoordinatorClient | null = null;
let disks: SmallDisk[] = [];

beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(async () => {
  client?.close();
  client = null;
  // Whoever has files open there keeps them until it ends.
  for (const disk of disks) disk.remove();
  disks = [];
  await cluster.stop();
});

const path = (...parts: readonly string[]): string => join(cluster.folder, ...parts);

function asks(): CoordinatorClient {
  client ??= patientClient(cluster);
  return client;
}

async function serve(replicas = 1): Promise<readonly Serving[]> {
  expect(cluster.apply(processModel('serves', replicas)).stderr).toBe('');
  return allServing(asks(), 'serves', replicas);
}

/** Declares a model without replicas. */
async function declare(name: string): Promise<unknown> {
  const { spec } = await asks().getModel('serves');
  return asks().applyModel({ model: { name, labels: {}, spec: { ...spec, replicas: 0 } } });
}

/** null: it was acknowledged. */
async function refusalOf(name: string): Promise<unknown> {
  return declare(name).then(
    () => null,
    (error: unknown) => error,
  );
}

async function asBefore(before: readonly Serving[]): Promise<void> {
  await eventually('every replica is as it was', async () => {
    expect(await serving(asks(), 'serves')).toEqual(before);
    return true;
  });
  await expectNoDoublePlacement(asks());
}

const fileOf = (which: string): string => path('coordinator', which);
const storeFile = (): string => fileOf('coordinator.db');

test('row 19: a coordinator whose disk is full acknowledges nothing that it cannot keep, and goes on once there is room', async (context) => {
  needs(context, 'mount', mounting());
  const disk = new SmallDisk(path('coordinator'), 8);
  disks.push(disk);
  await cluster.startCoordinator();
  await cluster.startAgent('n1', { cards, extra });
  const before = await serve();
  disk.fill();
  const acknowledged: string[] = [];
  let refusal: unknown = null;
  for (let at = 0; refusal === null && at < 400; at += 1) {
    refusal = await refusalOf(`full-${at}`);
    if (refusal === null) acknowledged.push(`full-${at}`);
  }
  expect(refusal).toMatchObject({
    message: expect.stringMatching(/cannot write|disk|room|audit/i),
  });
  tell(19, `${acknowledged.length} writes found room in the log; then: ${String(refusal)}`);
  // A second one is refused as clearly, and nothing that runs notices.
  await expect(declare('refused')).rejects.toThrow();
  expect(cluster.coordinator?.running).toBe(true);
  for (const { runtimeId } of before) expect(lives(runtimeId)).toBe(true);
  disk.free();
  await eventually('it writes again, without a restart', async () => declare('afterwards'));
  await cluster.coordinator?.end('SIGKILL');
  await cluster.startCoordinator();
  const kept = (await asks().listModels()).map(({ name }) => name);
  expect(acknowledged.filter((name) => !kept.includes(name))).toEqual([]);
  expect(kept).toContain('afterwards');
  await asBefore(before);
});

test('row 19: an agent whose disk is full starts nothing that it cannot write down, and goes on once there is room', async (context) => {
  needs(context, 'mount', mounting());
  const disk = new SmallDisk(path('n1'), 8);
  disks.push(disk);
  await cluster.startCoordinator();
  await cluster.startAgent('n1', { cards, extra });
  const before = await serve();
  disk.fill();
  await asks().scaleModel('serves', 4);
  const shown = (...words: readonly string[]): string => cluster.agentctl('n1', ...words).stdout;
  await eventually('it says that it keeps nothing', () => shown('events').includes('store-full'));
  expect(shown('describe', 'node')).toMatch(/the disk of .*agent\.db is full/);
  expect(shown('doctor')).toMatch(/reconcile loop +FAIL +failed: the disk of .* is full/);
  // Longer than the loop and the link wait before they try again.
  const until = performance.now() + 4_000;
  while (performance.now() < until) {
    expect(cluster.agents.get('n1')?.running, cluster.agents.get('n1')?.log()).toBe(true);
    expect(await serving(asks(), 'serves')).toEqual(before);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await untilNodeIs(asks(), 'n1', 'ready');
  disk.free();
  const after = await allServing(asks(), 'serves', 4);
  for (const each of before) expect(after).toContainEqual(each);
  await asBefore(after);
  expect(shown('events')).toMatch(/store-full[\s\S]*store-writable/);
  expect(cluster.agents.get('n1')?.running).toBe(true);
});

test('row 20: slow syncs make writes slow and lose nothing; an error of a sync ends the process, which starts clean', async (context) => {
  needs(context, 'gcc', realGcc);
  const disk = failingDisk(cluster.folder, path('coordinator'));
  await cluster.startCoordinator({}, disk.launch);
  await cluster.startAgent('n1', { cards, extra });
  const before = await serve();
  disk.fault('fsync-ms=500');
  const fromMs = performance.now();
  await declare('slow');
  tell(20, `a write with syncs of 500 ms took ${(performance.now() - fromMs).toFixed(0)} ms`);
  expect(performance.now() - fromMs).toBeGreaterThan(450);
  disk.fault();
  await declare('quick');
  disk.fault('fsync-eio');
  const answer: unknown = await declare('unknown').catch((error: unknown) => error);
  expect(answer).toMatchObject({
    code: expect.stringMatching(/^(STORE_|AUDIT_|COORDINATOR_AWAY)/),
  });
  await eventually('the process ends by itself', () => cluster.coordinator?.running === false);
  expect(cluster.coordinator?.log()).toMatch(/commit .* failed|disk I\/O error/);
  for (const { runtimeId } of before) expect(lives(runtimeId)).toBe(true);
  disk.fault();
  await cluster.startCoordinator({}, disk.launch);
  const kept = (await asks().listModels()).map(({ name }) => name);
  expect(kept).toEqual(expect.arrayContaining(['slow', 'quick', 'serves']));
  await untilNodeIs(asks(), 'n1', 'ready');
  await asBefore(before);
});

/** Starts a coordinator that must not come up; answers what it said. */
async function refuses(): Promise<string> {
  const error: unknown = await cluster.startCoordinator().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).not.toBeNull();
  return cluster.coordinator?.log().slice(-2_000) ?? '';
}

test('row 21: a store that is damaged is refused with what to do; its backup is taken back, and nothing is ended', async () => {
  await cluster.startCoordinator();
  await cluster.startAgent('n1', { cards, extra });
  const before = await serve();
  await cluster.coordinator?.end('SIGTERM');
  const whole = path('whole');
  copyFileSync(storeFile(), whole);

  await cluster.startCoordinator();
  await asks().scaleModel('serves', 2);
  const two = await allServing(asks(), 'serves', 2);
  // Killed: its log holds what the file does not.
  await cluster.coordinator?.end('SIGKILL');
  expect(existsSync(`${storeFile()}-wal`)).toBe(true);
  const newest = path('newest');
  copyFileSync(`${storeFile()}-wal`, newest);

  const restoring = /restore|backup/;
  const said: string[] = [];
  for (const [name, damage] of [
    ['its log is missing', () => rmSync(`${storeFile()}-wal`)],
    [
      'its first page is rubbish',
      () => writeFileSync(storeFile(), Buffer.alloc(4_096, 7), { flag: 'r+' }),
    ],
    ['half of it is gone', () => truncateSync(storeFile(), 10_000)],
    ['it is empty', () => truncateSync(storeFile(), 100)],
  ] as const) {
    damage();
    const log = await refuses();
    expect(log, name).toMatch(restoring);
    said.push(`${name}: ${log.trim().split('\n').at(-2) ?? ''}`);
    for (const { runtimeId } of two) expect(lives(runtimeId)).toBe(true);
  }
  tell(21, said.join(' | '));

  // The older backup knows of one replica; the agent runs two and has seen higher generations.
  for (const name of ['coordinator.db', 'coordinator.db-wal', 'coordinator.db-open']) {
    rmSync(fileOf(name), { force: true });
  }
  copyFileSync(whole, storeFile());
  await cluster.startCoordinator();
  await untilNodeIs(asks(), 'n1', 'ready');
  await eventually('the first replica is known again, as it was', async () => {
    const found = await serving(asks(), 'serves');
    for (const each of before) expect(found).toContainEqual(each);
    return true;
  });
  for (const { runtimeId } of before) expect(lives(runtimeId)).toBe(true);
  await expectNoDoublePlacement(asks());
});

test('row 22: an agent whose own records are gone or rubbish says so and ends nothing', async () => {
  await cluster.startCoordinator();
  await cluster.startAgent('n1', { cards, extra });
  const before = await serve(2);
  const folder = path('n1');
  const state = readdirSync(folder).filter((name) => name.endsWith('.db'));
  expect(state.length).toBeGreaterThan(0);
  await cluster.agents.get('n1')?.end('SIGKILL');
  for (const name of state) writeFileSync(join(folder, name), 'not a database at all');
  const started: unknown = await cluster.startAgent('n1', { cards, extra }).then(
    () => 'started',
    (error: unknown) => error,
  );
  for (const { runtimeId } of before) expect(lives(runtimeId)).toBe(true);
  if (started !== 'started') {
    expect(cluster.agents.get('n1')?.log()).toMatch(/cannot (open|read|use)|hint|move/i);
    for (const name of readdirSync(folder)) {
      if (/\.db(-wal|-shm)?$/.test(name)) rmSync(join(folder, name));
    }
    await cluster.startAgent('n1', { cards, extra });
  }
  await untilNodeIs(asks(), 'n1', 'ready');
  await asBefore(before);
});
