import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { eventually, TestCluster, webServer, type Ran } from './cluster-harness.ts';

const cluster = new TestCluster();

function manifest(name: string, memory: string, more: object = {}): string {
  const file = join(cluster.folder, `${name}.yaml`);
  const spec = {
    replicas: 1,
    process: { command: [process.execPath, webServer] },
    gpu: { memory, isolation: 'mig' },
    health: { path: '/healthz', startupDeadline: '30s' },
    ...more,
  };
  writeFileSync(
    file,
    stringify({ apiVersion: 'tangram/v1', kind: 'Model', metadata: { name }, spec }),
  );
  return file;
}

function done(ran: Ran): string {
  if (ran.code !== 0) throw new Error(`${ran.code}: ${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

function pidsOf(name: string): readonly string[] {
  const listed = JSON.parse(done(cluster.tangram('ps', '--json'))) as {
    replicas: { model: string; runtimeId: string; phase: string }[];
  };
  return listed.replicas
    .filter((each) => each.model === name && each.phase === 'REPLICA_PHASE_READY')
    .map((each) => each.runtimeId);
}

function planned(ran: Ran): string {
  expect(ran.code, ran.stderr).toBe(1);
  const id = /tangram apply --plan (plan-\S+)/.exec(ran.stdout)?.[1];
  if (id === undefined) throw new Error(`no plan id in:\n${ran.stdout}`);
  return id;
}

beforeAll(async () => {
  await cluster.startCoordinator();
  await cluster.startAgent('node-a', { cards: 'A100-40GB' });
  await cluster.startAgent('node-b', { cards: 'A100-40GB' });
  await cluster.nodesUsable('node-a', 'node-b');
  const movable = { disruption: 'budget:2m' };
  done(cluster.tangram('cordon', 'node-b', '--yes'));
  done(cluster.tangram('apply', '-f', manifest('ocr', '9GiB', movable), '--wait', '--yes'));
  done(cluster.tangram('uncordon', 'node-b', '--yes'));
  done(cluster.tangram('cordon', 'node-a', '--yes'));
  done(cluster.tangram('apply', '-f', manifest('vad', '9GiB'), '--wait', '--yes'));
  done(cluster.tangram('uncordon', 'node-a', '--yes'));
}, 120_000);
afterAll(() => cluster.stop());

test('a plan makes room, is drawn, survives a killed coordinator, and leaves a receipt', async () => {
  const file = manifest('llm', '30GiB');
  const picture = join(cluster.folder, 'plan.svg');
  const [vad] = pidsOf('vad');
  const ran = cluster.tangram('plan', '-f', file, '--svg', picture);
  const id = planned(ran);
  expect(ran.stdout).toContain('interrupts nothing');
  expect(ran.stdout).toMatch(/start ocr-\S+ in place of ocr-/);
  expect(ran.stdout).not.toMatch(/stop vad-/);
  expect(readFileSync(picture, 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);
  expect(cluster.tangram('get', 'models').stdout).not.toContain('llm');

  const change = id.replace('plan-', 'change-');
  expect(done(cluster.tangram('apply', '--plan', id))).toContain(`${change} running, stage 1 of`);
  await cluster.coordinator?.end('SIGKILL');
  await cluster.startCoordinator();
  const over = cluster.tangram('change', 'get', change, '--wait', '--timeout', '50s');
  expect(over.code, over.stderr + over.stdout).toBe(0);
  expect(over.stdout).toMatch(/change-\S+: done/);
  expect(over.stdout).toMatch(/RECEIPT +REPLICA +PREDICTED +ACTUAL/);
  expect(over.stdout).toMatch(/start +llm-\S+ +20s +[\d.]+m?s/);
  expect(pidsOf('llm')).toHaveLength(1);
  expect(pidsOf('ocr')).toHaveLength(1);
  expect(pidsOf('vad'), 'who may never be interrupted runs on').toEqual([vad]);
  expect(done(cluster.tangram('changes'))).toMatch(/change-\S+ +make-room +done/);
  // What was applied is what is declared: the same file changes nothing more.
  expect(cluster.tangram('plan', '-f', file).code).toBe(0);
}, 120_000);

test('a plan that no longer holds is refused, and an unknown one, too', async () => {
  done(cluster.tangram('delete', 'llm', '--yes'));
  await eventually('llm is gone', () => !cluster.tangram('get', 'models').stdout.includes('llm'));
  const id = planned(cluster.tangram('plan', '-f', manifest('llm', '30GiB')));
  done(cluster.tangram('apply', '-f', manifest('tts', '4GiB'), '--wait', '--yes'));
  const every = cluster.tangram('plan', '-f', manifest('asr', '4GiB', { replicas: 12 }));
  const stale = planned(every);
  done(cluster.tangram('scale', 'tts', '2', '--yes'));
  const refused = cluster.tangram('apply', '--plan', stale);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toMatch(/error: the plan plan-\S+ no longer holds: .*tts-/);
  expect(refused.stderr).toContain('plan again');
  expect(cluster.tangram('apply', '--plan', `${id}x`)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('no plan'),
  });
  expect(cluster.tangram('change', 'abort', 'change-none', '--yes').code).toBe(3);
  expect(cluster.tangram('apply').code).toBe(2);
  expect(existsSync(join(cluster.folder, 'plan.svg'))).toBe(true);
}, 120_000);

test('defrag asks, and wins nothing twice', () => {
  const first = cluster.tangram('defrag', '--plan', '--json');
  expect(first.code, first.stderr).toBe(0);
  const { plan } = JSON.parse(first.stdout) as { plan: { kind: string; stages: unknown[] } };
  expect(plan.kind).toBe('defrag');
  const ran = cluster.tangram('defrag');
  // Where there is something to win, nobody is here to be asked.
  expect(ran.code).toBe(plan.stages.length === 0 ? 0 : 2);
}, 60_000);
