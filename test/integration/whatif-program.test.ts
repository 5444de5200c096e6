import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LinkAgent } from '../fakes/link-agent.ts';
import { programs } from './cluster-harness.ts';
import { startCoordinator, type InProcessCoordinator } from './in-process-coordinator.ts';
import { until } from './until.ts';

let coordinator: InProcessCoordinator;
let agent: LinkAgent;
let folder: string;

const example = new URL('../../packaging/examples/scenario.yaml', import.meta.url).pathname;

const manifest = (name: string, rest: string): string => {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(
    path,
    `apiVersion: tangram/v1\nkind: Model\nmetadata: { name: ${name} }\nspec: { image: x:1, ${rest} }\n`,
  );
  return path;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-whatif-'));
  coordinator = await startCoordinator();
  agent = new LinkAgent({ coordinator: coordinator.grpc, node: 'node-a', cards: 'A100-40GB' });
  await agent.connect();
  await until(() => expect(coordinator.core.nodes()[0]?.inventory?.gpus).toHaveLength(1));
});

afterAll(async () => {
  agent.close();
  await coordinator.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The coordinator lives in this process, so the command must not block it. */
async function tangram(...argv: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [programs.tangram, ...argv], {
      env: { ...process.env, TANGRAM_COORDINATOR: coordinator.grpc },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('simulate -f of the built tangram', () => {
  test('plays the example, the same way each time, and draws it', async () => {
    const plot = join(folder, 'day.svg');
    const argv = ['simulate', '-f', example, '--policy', 'tangram', '--policy', 'worstfit'];
    const shown = await tangram(...argv, '--plot', plot);
    expect([shown.code, shown.err]).toEqual([0, '']);
    expect(shown.out).toMatch(/^launch-day: 6 nodes, 30 cards, 4 models, 24h$/m);
    expect(shown.out).toMatch(/^POLICY +SEED +ALLOC-MEAN%/m);
    expect(shown.out).toMatch(/^worstfit +42 .* 0$/m);
    expect(readFileSync(plot, 'utf8')).toContain('launch-day: allocated share over time');
    const first = await tangram(...argv, '--json');
    expect(await tangram(...argv, '--json')).toEqual(first);
    const { runs } = JSON.parse(first.out) as {
      readonly runs: readonly {
        readonly policy: string;
        readonly lintProblems: readonly string[];
        readonly models: readonly { readonly model: string; readonly asked: number }[];
      }[];
    };
    expect(runs.map(({ policy, lintProblems }) => [policy, lintProblems])).toEqual([
      ['tangram', []],
      ['worstfit', []],
    ]);
    expect(runs[0]?.models.map(({ model }) => model)).toEqual(['batch', 'chat', 'ocr', 'trainer']);
    // 40 an hour for 14 hours.
    expect(runs[0]?.models[0]?.asked).toBeGreaterThan(480);
  }, 60_000);

  test('refuses a cycle by its path and place, and a trace beside a scenario', async () => {
    const path = join(folder, 'cycle.yaml');
    writeFileSync(
      path,
      'apiVersion: tangram/v1\nkind: Scenario\nmetadata: { name: s }\nspec:\n  duration: 1h\n  nodes: [{ name: n, cards: T4 }]\n' +
        '  events:\n    - { name: a, after: b, drain: n }\n    - { name: b, after: a, lose: n }\n',
    );
    const cycle = await tangram('simulate', '-f', path);
    expect([cycle.code, cycle.out]).toEqual([2, '']);
    expect(cycle.err).toBe(
      `error: ${path}:8:18 spec.events[0].after: these events wait for each other: a → b → a; give one of them a time with at\n`,
    );
    const both = await tangram('simulate', '-f', path, '--churn', '0.9');
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('--churn')]);
  });
});

describe('whatif of the built tangram', () => {
  test('says who would have a place on a new node, and exits 1 for it', async () => {
    const big = manifest('big', 'replicas: 2, gpu: { memory: 30GiB, isolation: whole }');
    expect((await tangram('apply', '-f', big, '--yes')).code).toBe(0);
    await until(() => expect(coordinator.core.models()[0]?.pendingCount).toBe(1));
    const added = await tangram('whatif', '--add-node', '4xH100-80GB*2', '--label', 'zone=eu');
    expect([added.code, added.err]).toEqual([1, '']);
    expect(added.out).toContain(
      'with 2 more nodes of 4xH100-80GB: 1 replica would have a place, 0 would wait\n',
    );
    expect(added.out).toMatch(/^big +pending +added-1 +GPU0 whole/m);
    expect(added.out).toMatch(/^NVIDIA H100 80GB HBM3 +0→8 +0→7 +7g\.80gb 0→7, /m);
    const none = await tangram('whatif', '--add-node', 'T4', '--json');
    expect(none.code).toBe(0);
    expect(JSON.parse(none.out)).toMatchObject({ placed: [], waiting: [{ model: 'big' }] });
    expect(coordinator.core.models()[0]?.pendingCount).toBe(1);
  });

  test('says who would wait without a node', async () => {
    const removed = await tangram('whatif', '--remove-node', 'node-a');
    expect([removed.code, removed.err]).toEqual([1, '']);
    expect(removed.out).toMatch(
      /^without node-a: 0 replicas would have places, 1 would wait$[^]*^would wait\n {2}1 of big \(big-[0-9a-z]+\): \S/m,
    );
  });

  test('tries a new version, and one that changes nothing', async () => {
    const small = manifest('small', 'gpu: { memory: 1GiB }, replicas: 1');
    const fresh = await tangram('whatif', '-f', small);
    expect([fresh.code, fresh.err]).toEqual([1, '']);
    expect(fresh.out).toMatch(/^ +now: {3}0 replicas, 0MiB on 0 cards$/m);
    expect(fresh.out).toMatch(/^ +rollback: nothing to go back to$/m);
    const none = manifest('none', 'gpu: none, replicas: 0');
    const same = await tangram('whatif', '-f', none);
    expect([same.code, same.out]).toEqual([0, '= model none: nothing would change\n']);
    expect(coordinator.core.models().map(({ spec }) => spec.name)).toEqual(['big']);
  });

  test('asks the log of decisions about another policy', async () => {
    const policy = await tangram('whatif', '--policy', 'worstfit', '--trace', '7d');
    expect([policy.code, policy.err]).toEqual([0, '']);
    expect(policy.out).toContain('worstfit');
  });

  test.for([
    [['whatif'], 'no question is asked'],
    [['whatif', '--policy', 'bestfit'], 'for which time is not said'],
    [['whatif', '--add-node', '8xH1000'], 'cards: "8xH1000" names no card we know'],
    [['whatif', '--remove-node', 'nowhere'], 'there is no node nowhere'],
    [['whatif', '--add-node', 'T4', '--remove-node', 'node-a'], 'cannot be used with'],
    [['whatif', '--add-node', 'T4*9999'], 'at most 1000 nodes'],
  ] as const)('exits 255 for %j', async ([argv, want]) => {
    const { code, out, err } = await tangram(...argv);
    expect([code, out]).toEqual([255, '']);
    expect(err).toContain(want);
  });
});
