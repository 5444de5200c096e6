import { existsSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CoordinatorClient } from '../../coordinator/cli/client.ts';
import { eventually, programs, TestCluster, type Launch } from '../integration/cluster-harness.ts';
import { needs, type Found } from '../setup/needs.ts';
import {
  allServing,
  lives,
  patientClient,
  processModel,
  serving,
  tell,
  untilNodeIs,
} from './serving.ts';

// Rows 23 and 24: clocks that are set, and hosts that were suspended.

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const fakeTime: Found = { available: existsSync(library), reason: 'install faketime' };
const timeNamespaces: Found = {
  available: spawnSync('unshare', ['--time', '--boottime', '1', 'true']).status === 0,
  reason: 'it takes root, and a kernel with time namespaces',
};
const cards = '2xA100-40GB';
const extra = { docker: { enabled: false } };
let cluster: TestCluster;
let client: CoordinatorClient | null = null;

beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(async () => {
  client?.close();
  client = null;
  await cluster.stop();
});

/** A wall clock of its own, which can be set; the monotonic one goes on, as the kernel's does. */
function wallClock(name: string): { readonly launch: Launch; set(shift: string): void } {
  const file = join(cluster.folder, `clock-${name}`);
  const set = (shift: string): void => writeFileSync(file, `${shift}\n`);
  set('+0');
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_NO_CACHE: '1',
  };
  return { launch: { env }, set };
}

test('row 23: setting the clocks of coordinator and agent, an hour or a day, costs no node and no model', async (context) => {
  needs(context, 'faketime', fakeTime);
  const [central, local] = [wallClock('coordinator'), wallClock('n1')];
  await cluster.startCoordinator({}, central.launch);
  client = patientClient(cluster);
  await cluster.startAgent('n1', { cards, extra, launch: local.launch });
  expect(cluster.apply(processModel('serves', 2)).stderr).toBe('');
  const before = (await allServing(client, 'serves', 2)).map(({ replica, runtimeId }) => [
    replica,
    runtimeId,
  ]);
  for (const clock of [central, local]) {
    for (const shift of ['+3600', '-3600', '+86400', '-86400', '+0']) {
      clock.set(shift);
      const until = performance.now() + 3_000;
      while (performance.now() < until) {
        const { availability } = await client.getNode('n1');
        expect(['NODE_AVAILABILITY_READY', 'NODE_AVAILABILITY_SUSPECT']).toContain(availability);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      await untilNodeIs(client, 'n1', 'ready');
      const after = await allServing(client, 'serves', 2);
      expect(after.map(({ replica, runtimeId }) => [replica, runtimeId])).toEqual(before);
      expect(after.map(({ restarts }) => restarts)).toEqual([0, 0]);
    }
  }
  const set = await client.scaleModel('serves', 3);
  expect(set).toBeDefined();
  await allServing(client, 'serves', 3);
});

test('row 23: a host whose clock is far behind is told that the certificate is not valid yet, and nothing crashes', async (context) => {
  needs(context, 'faketime', fakeTime);
  await cluster.startCoordinator({ tls: 'on', join: '127.0.0.1:0' });
  const admin = join(cluster.folder, 'coordinator', 'admin.yaml');
  const token = spawnSync(process.execPath, [programs.tangram, 'token', 'create'], {
    encoding: 'utf8',
    env: { ...process.env, TANGRAM_CONFIG: admin },
  });
  const [, , address = '', , secret = ''] = token.stdout.trim().split(' ');
  const config = join(cluster.folder, 'late.yaml');
  writeFileSync(
    config,
    `node: late\nstateDir: ${join(cluster.folder, 'late')}\nsocket: ${cluster.socket('late')}\nhttp: 127.0.0.1:0\n`,
  );
  const late = wallClock('late');
  late.set('-86400');
  const joined = spawnSync(
    process.execPath,
    [programs.agent, 'join', address, '--token', secret, '--config', config],
    { encoding: 'utf8', env: { ...process.env, ...late.launch.env }, timeout: 60_000 },
  );
  expect(joined.status).toBe(1);
  tell(23, joined.stderr.trim());
  expect(joined.stderr).toMatch(/not (yet )?valid|clock/i);
  expect(joined.stderr).not.toMatch(/at .*\.js:\d+/);
  expect(cluster.coordinator?.running).toBe(true);
});

test('row 24: an agent that was suspended while its host’s clock went on takes its models back and asks what is wanted', async (context) => {
  needs(context, 'faketime', fakeTime);
  const local = wallClock('n1');
  await cluster.startCoordinator();
  client = patientClient(cluster);
  await cluster.startAgent('n1', { cards, extra, launch: local.launch });
  expect(cluster.apply(processModel('serves', 2)).stderr).toBe('');
  const before = await allServing(client, 'serves', 2);
  const pid = cluster.agents.get('n1')?.pid ?? -1;
  process.kill(pid, 'SIGSTOP');
  await untilNodeIs(client, 'n1', 'suspect');
  local.set('+28800');
  await client.scaleModel('serves', 1);
  process.kill(pid, 'SIGCONT');
  await untilNodeIs(client, 'n1', 'ready');
  const [left] = await allServing(client, 'serves', 1);
  // One of those that were there, the same process since the same moment; the other one ends.
  expect(before).toContainEqual(left);
  const other = before.find(({ replica }) => replica !== left?.replica);
  await eventually('the other one ends', () => !lives(other?.runtimeId ?? ''));
});

test('row 24: an agent whose host has been up for other times than before finds its models again', async (context) => {
  needs(context, 'timens', timeNamespaces);
  await cluster.startCoordinator();
  client = patientClient(cluster);
  await cluster.startAgent('n1', { cards, extra });
  expect(cluster.apply(processModel('serves', 2)).stderr).toBe('');
  const asker = client;
  const before = await allServing(asker, 'serves', 2);
  await cluster.agents.get('n1')?.end('SIGKILL');
  const prefix = ['unshare', '--time', '--boottime', '864000', '--monotonic', '864000'];
  await cluster.startAgent('n1', { cards, extra, launch: { prefix } });
  await untilNodeIs(asker, 'n1', 'ready');
  await eventually('every replica is as it was', async () => {
    const after = await serving(asker, 'serves');
    expect(after.map(({ replica, runtimeId, restarts }) => [replica, runtimeId, restarts])).toEqual(
      before.map(({ replica, runtimeId, restarts }) => [replica, runtimeId, restarts]),
    );
    return true;
  });
});
