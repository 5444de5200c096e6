import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { eventually, programs, TestCluster, webServer } from './cluster-harness.ts';

// A real agent is killed with its process group while `agentctl mig apply` cuts a card beside a running replica. The
// exhaustive sample of moments is in test/sim/layout-crash.test.ts.

const limits = { timeout: 480_000 };
/** How many lines of progress are seen before the kill: from the plan alone to the last steps. */
const moments = [0, 1, 3, 5];

let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(async () => {
  await cluster.stop();
});

const start = (): Promise<void> =>
  cluster.startAgent('n1', { cards: 'A100-40GB,L40S', extra: { docker: { enabled: false } } });

function file(name: string, document: object): string {
  const path = join(cluster.folder, `${name}.yaml`);
  writeFileSync(path, stringify(document));
  return path;
}

function layout(name: string, instances: readonly object[]): string {
  return file(name, {
    apiVersion: 'tangram/v1',
    kind: 'MigLayout',
    cards: [{ gpu: 0, mig: true, instances }],
  });
}

interface Shown {
  readonly migCurrent: boolean;
  readonly lastChangeState: string;
  readonly lastChangeDetail: string;
  readonly instances: readonly {
    readonly profile: string;
    readonly start: number;
    readonly uuid: string;
    readonly gpuInstanceId: number;
    readonly holders: readonly string[];
  }[];
}

function show(): Shown {
  const { code, stdout, stderr } = cluster.agentctl('n1', 'mig', 'show', '--json');
  if (code !== 0) throw new Error(stderr);
  const [card] = JSON.parse(stdout) as readonly Shown[];
  if (card === undefined) throw new Error('the agent knows its cards');
  return card;
}

function ok(...args: readonly string[]): string {
  const { code, stdout, stderr } = cluster.agentctl('n1', ...args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

/** A round of the agent may have to read the cards first, or come between a plan and its apply, which is then refused. */
async function okOnceRead(what: string, ...args: readonly string[]): Promise<void> {
  await eventually(what, () => {
    const { code, stdout, stderr } = cluster.agentctl('n1', ...args);
    if (code !== 0) throw new Error(`${code}: ${stdout}${stderr}`);
    return true;
  });
}

const names = (shown: Shown): string =>
  shown.instances.map(({ profile, start: at }) => `${profile}@${at}`).join(' ');

/** Starts an apply and kills the agent when so many steps were told; the command then ends by itself. */
async function killDuringApply(path: string, lines: number): Promise<void> {
  const argv = [programs.agentctl, 'mig', 'apply', '-f', path, '--yes'];
  const env = { ...process.env, TANGRAM_SOCKET: cluster.socket('n1') };
  const command = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<void>((resolve) => command.once('exit', () => resolve()));
  let told = '';
  await new Promise<void>((resolve) => {
    command.stdout.on('data', (part: Buffer) => {
      told += part.toString();
      const steps = told.match(/^GPU-\S+ \d+\/\d+: /gm)?.length ?? 0;
      if (steps >= lines && told.includes('about')) resolve();
    });
    command.once('exit', () => resolve());
  });
  await cluster.agents.get('n1')?.endGroup();
  await ended;
}

test(
  'an agent that is killed while it cuts a card finishes or undoes it at its next start',
  limits,
  async () => {
    await start();
    await eventually('the cards are read', () => show().lastChangeState === '');
    const kept = { profile: '3g.20gb', start: 4 };
    const first = layout('first', [kept, { profile: '1g.5gb', count: 2 }]);
    const second = layout('second', [kept, { profile: '2g.10gb', count: 2 }]);
    await okOnceRead('the first layout is applied', 'mig', 'apply', '-f', first, '--yes');
    ok('mig', 'assert', '-f', first);

    const model = file('vad', {
      apiVersion: 'tangram/v1',
      kind: 'Model',
      metadata: { name: 'vad' },
      spec: {
        process: { command: [process.execPath, webServer] },
        health: { path: '/' },
        gpu: { memory: '15GiB', isolation: 'mig', models: ['A100-40GB'] },
      },
    });
    await okOnceRead('the model runs', 'run', '-f', model, '--yes');
    const held = await eventually('the replica holds the instance that is kept', () =>
      show().instances.find((each) => each.start === 4 && each.holders.length > 0),
    );
    expect(held.profile).toBe('3g.20gb');

    let ends = 0;
    for (const [at, lines] of moments.entries()) {
      const before = names(show());
      const target = at % 2 === 0 ? second : first;
      await killDuringApply(target, lines);
      await start();
      // A new agent re-adopts what runs in its first rounds: until then it cannot say who holds what.
      const after = await eventually('the change is over, and the replica is known again', () => {
        const shown = show();
        const adopted = shown.instances.some((each) => each.start === 4 && each.holders.length > 0);
        return !['running', 'undoing'].includes(shown.lastChangeState) && adopted && shown;
      });
      const wished = at % 2 === 0 ? '2g.10gb@0 2g.10gb@2 3g.20gb@4' : '1g.5gb@0 1g.5gb@1 3g.20gb@4';
      expect([wished, before], `killed after ${lines} lines`).toContain(names(after));
      if (names(after) === wished) ends += 1;
      const same = after.instances.find((each) => each.start === 4);
      expect(same, 'what is kept is the very same instance').toMatchObject({
        uuid: held.uuid,
        gpuInstanceId: held.gpuInstanceId,
        holders: held.holders,
      });
      // What the change did not reach is asked for again, and there is nothing left in its way.
      await okOnceRead('what is left can be applied', 'mig', 'apply', '-f', target, '--yes');
    }
    expect(ends, 'some were finished').toBeGreaterThan(0);
    expect(ok('events')).not.toMatch(/layout-drift|layout-failed/);
    expect(ok('ps')).toMatch(/vad-\S+ +vad +ready/);
  },
);

test('plan, apply, export and assert, as a person uses them', limits, async () => {
  await start();
  const wish = layout('wish', [{ profile: '3g.20gb' }, { profile: '2g.10gb', start: 0 }]);
  const agentctl = (...args: readonly string[]) => cluster.agentctl('n1', 'mig', ...args);
  await eventually('the cards are read', () => agentctl('show').code === 0);

  const plan = agentctl('plan', '-f', wish);
  expect(plan.code).toBe(1);
  expect(plan.stdout).toMatch(
    /1\. turn MIG on\n +2\. create 2g\.10gb at 0\n +3\. create 3g\.20gb at 4/,
  );
  expect(plan.stdout).toMatch(/note: the mode change resets the card[\s\S]*about 12 s/);
  expect(agentctl('assert', '-f', wish).code).toBe(1);
  expect(agentctl('apply', '-f', wish, '--dry-run').stdout).toBe(plan.stdout);
  expect(agentctl('apply', '-f', wish).stderr).toMatch(/nothing was done[\s\S]*--yes/);

  const applied = agentctl('apply', '-f', wish, '--yes');
  expect(applied.stderr).toBe('');
  expect(applied.stdout).toMatch(/1\/3: turn MIG on\n[\s\S]*3\/3: done\n$/);
  expect(agentctl('plan', '-f', wish)).toMatchObject({ code: 0 });
  expect(agentctl('plan', '-f', wish).stdout).toMatch(/keeps 3g\.20gb at 4[\s\S]*nothing to do/);
  expect(agentctl('assert', '-f', wish)).toMatchObject({
    code: 0,
    stdout: 'the cards are cut so\n',
  });

  const exported = file('exported', {});
  writeFileSync(exported, agentctl('export').stdout);
  expect(agentctl('assert', '-f', exported).code).toBe(0);
  expect(agentctl('apply', '-f', exported, '--yes').stdout).toMatch(/recorded/);

  const shown = agentctl('show', '--profiles').stdout;
  expect(shown).toMatch(/0 +NVIDIA A100-SXM4-40GB +3g\.20gb@4 +19\.5GiB +\d+\/0 .* MIG-/);
  expect(shown).toMatch(/1 +NVIDIA L40S +no MIG/);
  expect(shown).toMatch(/0 +2g\.10gb +14 +9\.6GiB +1 +3 +2 +0,2,4 +2\n/);

  const bad = file('bad', { apiVersion: 'tangram/v1', kind: 'MigLayout', cards: [{ gpus: 0 }] });
  const refused = agentctl('plan', '-f', bad);
  expect(refused.code).toBe(255);
  expect(refused.stderr).toMatch(
    /bad\.yaml:4:5 cards\[0\]\.gpus: this key is not known; did you mean gpu\?/,
  );
  expect(agentctl('apply', '-f', bad, '--yes').code).toBe(2);
  expect(agentctl('plan', '-f', join(cluster.folder, 'nowhere.yaml')).code).toBe(255);

  const parted = file('parted', {
    version: 'v1',
    'mig-configs': {
      sevenths: [{ devices: 'all', 'mig-enabled': true, 'mig-devices': { '1g.5gb': 7 } }],
      off: [{ devices: [0], 'mig-enabled': false }],
    },
  });
  expect(agentctl('plan', '-f', parted).stderr).toMatch(/choose one with --config: sevenths, off/);
  expect(agentctl('apply', '-f', parted, '--config', 'off', '--yes').code).toBe(0);
  expect(agentctl('assert', '-f', parted, '--config', 'off').code).toBe(0);
});
