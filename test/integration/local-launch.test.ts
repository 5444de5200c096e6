import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { eventually, TestCluster, webServer } from './cluster-harness.ts';

// A node that works alone: what somebody launches at it runs through the same target, planner and journal.

const limits = { timeout: 240_000 };
let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster();
});

afterEach(async () => {
  await cluster.stop();
});

function manifest(gpu: object | 'none'): string {
  const file = join(cluster.folder, 'model.yaml');
  const spec = {
    process: { command: [process.execPath, webServer] },
    health: { path: '/' },
    gpu,
  };
  const metadata = { name: 'web' };
  writeFileSync(file, stringify({ apiVersion: 'tangram/v1', kind: 'Model', metadata, spec }));
  return file;
}

test(
  'a model runs on an MPS share without a coordinator, survives a restart of the agent, and goes when told',
  limits,
  async () => {
    await cluster.startAgent('n1', { cards: 'L40S' });
    const file = manifest({ memory: '4GiB', isolation: 'mps' });
    const planned = cluster.agentctl('n1', 'run', '-f', file, '--dry-run');
    expect(planned.stderr).toBe('');
    expect(planned.stdout).toMatch(/start +web-\w+ +GPU 0 \(NVIDIA L40S\): MPS share of 4.0GiB/);
    expect(cluster.agentctl('n1', 'ps', '--json').stdout.trim()).toBe('[]');

    const ran = cluster.agentctl('n1', 'run', '-f', file, '--yes');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const address = /ready at (http:\S+)/.exec(ran.stdout)?.[1] ?? '';
    expect((await fetch(address, { signal: AbortSignal.timeout(5_000) })).status).toBe(200);
    expect(cluster.agentctl('n1', 'run', '-f', file, '--yes').stdout).toContain('nothing to do');

    await cluster.agents.get('n1')?.end('SIGKILL');
    expect((await fetch(address, { signal: AbortSignal.timeout(5_000) })).status).toBe(200);
    await cluster.startAgent('n1', { cards: 'L40S' });
    await eventually('the replica is adopted', () =>
      /ready/.test(cluster.agentctl('n1', 'ps').stdout),
    );

    const removed = cluster.agentctl('n1', 'rm', 'web', '--yes');
    expect(removed).toMatchObject({ code: 0, stderr: '' });
    expect(removed.stdout).toMatch(/web-\w+: gone/);
    expect(cluster.agentctl('n1', 'rm', 'web', '--yes')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no model web was launched on this node'),
    });
  },
);

test('a model that fits nowhere is refused with the reason', limits, async () => {
  await cluster.startAgent('n1', { cards: 'L40S' });
  const refused = cluster.agentctl('n1', 'run', '-f', manifest({ memory: '900GiB' }), '--yes');
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/^refused: no card is that big/);
});

test(
  'authority is raised at the node, holds after a restart, and bounds what a launch may do',
  limits,
  async () => {
    const observe = { cards: 'A100-40GB', extra: { authority: 'observe' } };
    await cluster.startAgent('n1', observe);
    const file = manifest({ memory: '4GiB', isolation: 'mig' });
    expect(cluster.agentctl('n1', 'run', '-f', file, '--yes').stdout).toMatch(
      /refused: .*authority/,
    );

    expect(cluster.agentctl('n1', 'authority', '0', 'cut', '--dry-run').stdout).toContain(
      'would set',
    );
    const raised = cluster.agentctl('n1', 'authority', '0', 'cut', '--yes');
    expect(raised.stdout).toMatch(/0 +GPU-\S+ +NVIDIA A100-SXM4-40GB +cut/);
    await cluster.agents.get('n1')?.end('SIGTERM');
    await cluster.startAgent('n1', observe);
    await eventually('the authority is still raised', () =>
      cluster.agentctl('n1', 'authority').stdout.includes(' cut'),
    );

    const ran = cluster.agentctl('n1', 'run', '-f', file, '--yes');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(cluster.smi('n1', '-L').stdout).toContain('MIG 1g.5gb');
    expect(cluster.agentctl('n1', 'authority', 'nine', 'cut', '--yes')).toMatchObject({ code: 3 });
  },
);

test('a node of a coordinator takes no local launch', limits, async () => {
  await cluster.startCoordinator();
  await cluster.startAgent('n1', { cards: 'L40S' });
  const refused = cluster.agentctl('n1', 'run', '-f', manifest('none'), '--yes');
  expect(refused.stderr).toContain('this node takes its orders from');
  expect(refused.stderr).toContain('tangram apply');
});
