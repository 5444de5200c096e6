import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { connectCoordinator } from '../../coordinator/cli/client.ts';
import { programs } from './cluster-harness.ts';
import { until } from './until.ts';

let folder: string;
let running: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-process-'));
  running = [];
});

afterEach(async () => {
  for (const child of running) await ended(child, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function config(keys: object = {}): string {
  const path = join(folder, 'coordinator.yaml');
  writeFileSync(
    path,
    stringify({
      stateDir: join(folder, 'state'),
      tls: 'off',
      grpc: '127.0.0.1:0',
      http: '127.0.0.1:0',
      readyFile: join(folder, 'ready.json'),
      ...keys,
    }),
  );
  return path;
}

/** Runs it to its end, which a start that fails reaches by itself. */
function runToEnd(...argv: readonly string[]) {
  const ran = spawnSync(process.execPath, [programs.coordinator, ...argv], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

async function start(path: string): Promise<{ child: ChildProcess; grpc: string; http: string }> {
  const ready = join(folder, 'ready.json');
  rmSync(ready, { force: true });
  const child = spawn(process.execPath, [programs.coordinator, '--config', path], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running.push(child);
  await until(() => expect(existsSync(ready)).toBe(true));
  // Written whole, then renamed.
  return { child, ...(JSON.parse(readFileSync(ready, 'utf8')) as { grpc: string; http: string }) };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return gone;
}

const oneLine = /^tangram-coordinator: [^\n]+\n$/;

describe('a coordinator', () => {
  test('says where it listens, and ends on SIGTERM with 0 and without its ready file', async () => {
    const { child, http } = await start(config());
    expect(await (await fetch(`http://${http}/healthz`)).text()).toBe('ok\n');
    expect((await fetch(`http://${http}/nothing`)).status).toBe(404);
    expect(await (await fetch(`http://${http}/sd/prometheus`)).json()).toEqual([]);
    expect(await ended(child, 'SIGTERM')).toBe(0);
    expect(existsSync(join(folder, 'ready.json'))).toBe(false);
  });

  test('keeps what it acknowledged when it is killed, and raises its epoch', async () => {
    const path = config();
    const first = await start(path);
    const soon = (): Date => new Date(Date.now() + 10_000);
    const before = connectCoordinator(first.grpc, soon);
    const { epoch, clusterId } = await before.getCluster();
    const workload = { image: 'x:1' };
    await before.applyModel({ model: { name: 'kept', spec: { replicas: 1, workload } } });
    await ended(first.child, 'SIGKILL');
    before.close();
    const second = await start(path);
    const after = connectCoordinator(second.grpc, soon);
    expect((await after.getModel('kept')).spec?.workload?.image).toBe('x:1');
    const cluster = await after.getCluster();
    expect([cluster.clusterId, Number(cluster.epoch) > Number(epoch)]).toEqual([clusterId, true]);
    after.close();
  });

  test.for([
    {
      name: 'a store that is rubbish',
      prepare: () => {
        mkdirSync(join(folder, 'state'), { recursive: true });
        writeFileSync(join(folder, 'state', 'coordinator.db'), 'rubbish '.repeat(1_000));
      },
      keys: {},
      code: 1,
      want: /cannot use the store \S+coordinator\.db.*restore it from a backup/,
    },
    {
      name: 'an address that others can reach',
      prepare: () => undefined,
      keys: { grpc: '0.0.0.0:7443' },
      code: 2,
      want: /refused to use 0\.0\.0\.0:7443: it is not a loopback address/,
    },
    {
      name: 'keys that are not known and values that are wrong, all at once',
      prepare: () => undefined,
      keys: { htttp: 'x', lostAfter: 'soon', log: { level: 'loud' } },
      code: 2,
      want: /lostAfter: "soon" is not a duration.*log\.level: .*htttp/,
    },
  ])('ends with one clear line for $name', ({ prepare, keys, code, want }) => {
    prepare();
    const ran = runToEnd('--config', config(keys));
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toMatch(oneLine);
    expect(ran.err).toMatch(want);
  });

  test('ends with one clear line for a taken port, and for a store that is open elsewhere', async () => {
    const first = await start(config());
    const other = { stateDir: join(folder, 'other') };
    for (const key of ['grpc', 'http'] as const) {
      const ran = runToEnd('--config', config({ ...other, [key]: first[key] }));
      expect(ran.code).toBe(1);
      expect(ran.err).toBe(
        `tangram-coordinator: another process listens on ${first[key]}; stop it, or give another address in the configuration key ${key}\n`,
      );
    }
    const twice = runToEnd('--config', config());
    expect(twice.code).toBe(1);
    expect(twice.err).toMatch(/another process has the store \S+ open/);
  });

  test('ends with one clear line for a configuration that is not there', () => {
    const ran = runToEnd('--config', join(folder, 'nowhere.yaml'));
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(/cannot read the configuration file \S+nowhere\.yaml/);
  });

  test('tells its version and its flags', () => {
    expect(runToEnd('--version').out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = runToEnd('--help');
    expect([help.code, help.err]).toEqual([0, '']);
    expect(help.out).toMatch(/--config <file>/);
    expect(runToEnd('--nonsense').code).toBe(2);
  });
});
