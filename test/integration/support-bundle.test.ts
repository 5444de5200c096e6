import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list, extract } from 'tar';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, TestCluster } from './cluster-harness.ts';

const limits = { timeout: 240_000 };
const secret = 'hunter2-Zq9x8w7v6u5t';
let cluster: TestCluster;
let out = '';

beforeEach(() => {
  cluster = new TestCluster();
  out = mkdtempSync(join(tmpdir(), 'bundle-'));
});

afterEach(async () => {
  await cluster.stop();
  rmSync(out, { recursive: true, force: true });
});

interface Manifest {
  readonly items: readonly { readonly path: string; readonly problem: string | null }[];
}

test(
  'a bundle holds what the tools and the agent tell, without secrets, and inspect reads it',
  limits,
  async () => {
    const extra = { labels: { zone: 'eu-1', apiToken: secret } };
    await cluster.startAgent('n1', { cards: 'A100-40GB', extra });
    await eventually('the agent has looked', () =>
      cluster.agentctl('n1', 'ls').stdout.includes('A100'),
    );
    const file = join(out, 'b.tar.gz');
    const config = join(cluster.folder, 'n1.yaml');
    const made = cluster.agentctl('n1', 'support-bundle', '-o', file, '--config', config, '--json');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    // Nobody but its maker reads it.
    expect(statSync(file).mode & 0o077).toBe(0);
    const names: string[] = [];
    await list({ file, onReadEntry: (entry) => void names.push(entry.path) });
    expect(new Set(names.map((name) => name.split('/')[0])).size).toBe(1);
    await extract({ file, cwd: out });
    const folder = join(out, names[0]?.split('/')[0] ?? '');
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    for (const { path, problem } of manifest.items) {
      expect(existsSync(join(folder, path))).toBe(problem === null);
      if (problem === null) expect(readFileSync(join(folder, path), 'utf8')).not.toContain(secret);
    }
    expect(readFileSync(join(folder, 'config/agent.yaml'), 'utf8')).toContain(
      'apiToken: <redacted>',
    );
    expect(readFileSync(join(folder, 'config/agent.yaml'), 'utf8')).toContain('zone: eu-1');

    const smi = ['xml/q.xml', 'smi-q/q.txt', 'smi-table/table.txt', 'smi-list/list.txt'];
    const read = cluster.agentctl(
      'n1',
      'inspect',
      '--json',
      ...smi.map((name) => join(folder, name)),
    );
    expect(read.code).toBe(0);
    const kinds = read.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(['xml', 'smi-q', 'smi-table', 'smi-list']);
  },
);

test('a host on which nothing answers still gives a bundle that says so', limits, () => {
  const file = join(out, 'b.tar.gz');
  const made = cluster.agentctl('nobody', 'support-bundle', '-o', file, '--json');
  expect(made.code).toBe(0);
  const { items } = JSON.parse(made.stdout) as Manifest;
  expect(items.find(({ path }) => path === 'agent/node.json')?.problem).toMatch(/does not answer/);
  expect(items.find(({ path }) => path === 'doctor.json')?.problem).toBeNull();
});

test('doctor judges the host while the agent runs and while it is away', limits, async () => {
  await cluster.startAgent('n1', { cards: 'A100-40GB' });
  const config = join(cluster.folder, 'n1.yaml');
  await eventually('the agent is well', () => {
    const { stdout } = cluster.agentctl('n1', 'doctor', '--config', config);
    return /^agent +ok/m.test(stdout) && /^gpu 0 +ok/m.test(stdout) ? stdout : false;
  });
  await cluster.agents.get('n1')?.end('SIGKILL');
  const away = cluster.agentctl('n1', 'doctor', '--config', config);
  expect(away.code).toBe(1);
  expect(away.stdout).toMatch(/^agent +FAIL .*nobody listens/m);
  expect(away.stdout).toMatch(/^driver +off +the cards are simulated \(1\)/m);
  expect(away.stdout).toContain('What to do:\n  agent: systemctl start tangram-agent');
});
