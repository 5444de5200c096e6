import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { eventually, programs, TestCluster, webServer } from './cluster-harness.ts';

// A real agent is killed with everything in its process group while it shares a card, ends that, or recovers from a
// fault. Its daemon and clients must live on, and the next agent must finish. The exhaustive sample of moments is in
// test/sim/mps-crash.test.ts.

const limits = { timeout: 480_000 };
/** After the wish was said, in milliseconds: from before the first step to after the last one. */
const moments = [0, 150, 600];

let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(async () => {
  await cluster.stop();
});

async function start(): Promise<void> {
  const simulator = join(cluster.folder, 'n1-sim');
  const controlCommand = [process.execPath, programs.mpsControl, '--sim-state', simulator];
  const mps = { controlCommand, dir: join(cluster.folder, 'n1-mps') };
  await cluster.startAgent('n1', { cards: 'L40S,T4', extra: { mps, stopGrace: '2s' } });
}

async function killAfter(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  await cluster.agents.get('n1')?.endGroup();
}

function manifest(name: string): string {
  const file = join(cluster.folder, `${name}.yaml`);
  const process_ = { command: [process.execPath, webServer] };
  const gpu = { memory: '4GiB', isolation: 'mps', models: ['L40S'] };
  const spec = { process: process_, health: { path: '/' }, gpu };
  writeFileSync(
    file,
    stringify({ apiVersion: 'tangram/v1', kind: 'Model', metadata: { name }, spec }),
  );
  return file;
}

/** Says a wish until an agent has taken it: one that dies while it is asked has not. */
async function say(...args: readonly string[]): Promise<void> {
  await eventually(`agentctl ${args[0]} is taken`, () => {
    const ran = cluster.agentctl('n1', ...args, '--yes');
    if (ran.code !== 0) throw new Error(ran.stderr || ran.stdout);
    return true;
  });
}

interface Replica {
  readonly replica: string;
  readonly phase: string;
  readonly runtimeId: string;
}

function replicas(): readonly Replica[] {
  const { code, stdout, stderr } = cluster.agentctl('n1', 'ps', '--json');
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as Replica[]).map(({ replica, phase, runtimeId }) => ({
    replica,
    phase,
    runtimeId,
  }));
}

async function allReady(count: number): Promise<readonly Replica[]> {
  return eventually(`${count} ready replicas`, () => {
    const found = replicas();
    return found.length === count && found.every((each) => each.phase === 'ready') && found;
  });
}

/** Pids of the control daemons of this test's folder. */
function daemons(): readonly number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        if (!argv.includes('--simulated-daemon')) return false;
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(cluster.folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function computeModes(): readonly string[] {
  const { stdout } = cluster.smi('n1', '--query-gpu=compute_mode', '--format=csv,noheader');
  return stdout.trim().split('\n');
}

test(
  'a killed agent leaves daemon and clients alone, and the next one finishes what it began',
  limits,
  async () => {
    await start();
    const file = manifest('vad');
    for (const ms of moments) {
      const hint = `killed after ${ms} ms`;
      await say('run', '-f', file, '--detach');
      await killAfter(ms);
      await start();
      const shared = await allReady(1);
      const daemon = daemons();
      expect(daemon, `one daemon, ${hint}`).toHaveLength(1);
      expect(computeModes(), hint).toEqual(['Exclusive_Process', 'Default']);

      if (ms === 0) {
        await killAfter(0);
        expect(daemons(), 'it outlives the group of its agent').toEqual(daemon);
        for (const { runtimeId } of shared) process.kill(Number(runtimeId), 0);
        await start();
        expect(await allReady(1), 'nobody was restarted').toEqual(shared);
        expect(daemons(), 'nor the daemon').toEqual(daemon);
      }

      await say('rm', 'vad');
      await killAfter(ms);
      await start();
      await eventually(`the daemon has left, ${hint}`, () => daemons().length === 0);
      await eventually(`the compute mode is given back, ${hint}`, () =>
        computeModes().every((mode) => mode === 'Default'),
      );
    }
  },
);

test(
  'a fault restarts all who share the card, though the agent dies meanwhile, and says why',
  limits,
  async () => {
    await start();
    await say('run', '-f', manifest('vad'), '--detach');
    await say('run', '-f', manifest('ner'), '--detach');
    const before = await allReady(2);
    await eventually('both are clients', () => mpsCards()[0]?.clients.length === 2);
    writeFileSync(join(cluster.folder, 'n1-sim', 'faults'), 'mps-fault=0\n');
    await eventually('the fault is seen', () =>
      cluster.agentctl('n1', 'events').stdout.includes('mps-fault'),
    );
    await killAfter(100);
    await start();
    const after = await eventually('both are ready again', () => {
      const found = replicas();
      const fresh = found.every((each) => !before.some((old) => old.runtimeId === each.runtimeId));
      return fresh && found.length === 2 && found.every((each) => each.phase === 'ready') && found;
    });
    expect(after.map((each) => each.replica)).toEqual(before.map((each) => each.replica));
    expect(cluster.agentctl('n1', 'events').stdout).toMatch(
      /mps-fault +gpus\/GPU-\S+ +server \d+: .*fatal.*; restarting ner-\w+, vad-\w+/,
    );
    await eventually('both are clients again, of a healthy server', () => {
      const [card] = mpsCards();
      return card?.clients.length === 2 && card.servers[0]?.status === 'ACTIVE';
    });
    const shown = cluster.agentctl('n1', 'mps').stdout;
    expect(shown).toMatch(/L40S +answers +\d+ \(user \d+\) +ACTIVE +2\/48/);
    expect(shown).toMatch(/Exclusive_Process \(was Default\)/);
    expect(cluster.agentctl('n1', 'mps', 'logs', '0').stdout).toContain('fatal GPU exception');
  },
);

interface Card {
  readonly clients: readonly { readonly replica: string }[];
  readonly servers: readonly { readonly status: string }[];
}

function mpsCards(): readonly Card[] {
  const { code, stdout, stderr } = cluster.agentctl('n1', 'mps', '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Card[];
}
