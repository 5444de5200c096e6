import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { uuidsIn } from './harness.ts';

/** The programs as they are really started, with real processes around them. */
const root = new URL('../../../../', import.meta.url).pathname;
const smi = program('nvidia-smi');
const mps = program('mps-control');

/** What the set-up of the tests built; the sources where it did not run. */
function program(name: string): readonly string[] {
  const built = `${root}dist/agent/simulator/${name}/bin.js`;
  if (existsSync(built)) return [built];
  const tsx = `file://${root}node_modules/tsx/dist/loader.mjs`;
  return ['--import', tsx, `${root}agent/simulator/${name}/bin.ts`];
}

let folder = '';
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sim-run-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

async function run(
  argv: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, TANGRAM_SIM_STATE: join(folder, 'state'), ...options.env };
    const child = execFile(process.execPath, argv, { env }, (error, out, err) => {
      resolve({ out, err, code: typeof error?.code === 'number' ? error.code : 0 });
    });
    child.stdin?.end(options.input ?? '');
  });
}

async function smiSays(...argv: readonly string[]): Promise<Ended> {
  return run([...smi, ...argv]);
}

function start(
  command: string,
  argv: readonly string[],
  env: Record<string, string>,
): ChildProcess {
  const child = spawn(command, argv, { env: { ...process.env, ...env }, stdio: 'ignore' });
  children.push(child);
  return child;
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadlineMs) throw new Error(`waited too long for ${what}`);
    await sleep(100);
  }
}

test('a real process shows on the slice that its environment names', async () => {
  await smiSays('--sim-init', '2xA100-40GB,L40S');
  await smiSays('-i', '0', '-mig', '1');
  expect((await smiSays('mig', '-i', '0', '-cgi', '9:0,19:6', '-C')).code).toBe(0);
  const [parent = '', slice = ''] = uuidsIn((await smiSays('-L')).out);
  const child = start('sleep', ['60'], { CUDA_VISIBLE_DEVICES: slice });
  const apps = ['--query-compute-apps=gpu_uuid,pid,name', '--format=csv,noheader'];
  const seen = await until('the process', async () => {
    const { out } = await smiSays(...apps);
    return out === '' ? undefined : out;
  });
  expect(seen).toBe(`${parent}, ${child.pid ?? 0}, sleep\n`);
  expect((await smiSays('mig', '-dci', '-i', '0', '-gi', '1')).code).toBe(19);
});

test('invocations at the same time do not lose each other’s instances', async () => {
  await smiSays('--sim-init', 'A100-40GB');
  await smiSays('-mig', '1');
  const made = await Promise.all(
    [0, 1, 2, 3].map(async (start) => smiSays('mig', '-cgi', `19:${start}`, '-C')),
  );
  expect(made.map((each) => each.code)).toEqual([0, 0, 0, 0]);
  expect(uuidsIn((await smiSays('-L')).out)).toHaveLength(5);
});

test('a hanging driver never answers, and ends when it is told to', async () => {
  await smiSays('--sim-init', 'T4', '--sim-fault', 'hang');
  const env = { TANGRAM_SIM_STATE: join(folder, 'state') };
  const child = start(process.execPath, [...smi, '-L'], env);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  expect(await Promise.race([ended, sleep(1_500).then(() => 'still running')])).toBe(
    'still running',
  );
  child.kill('SIGTERM');
  expect(await ended).toBe(130);
});

test('an MPS daemon outlives its starter, finds its clients and quits when asked', async () => {
  await smiSays('--sim-init', 'L40S');
  const [uuid = ''] = uuidsIn((await smiSays('-L')).out);
  const env = {
    CUDA_VISIBLE_DEVICES: uuid,
    CUDA_MPS_PIPE_DIRECTORY: join(folder, 'pipe'),
    CUDA_MPS_LOG_DIRECTORY: join(folder, 'log'),
  };
  const control = async (input: string): Promise<Ended> => run(mps, { input, env });
  expect(await run([...mps, '-d'], { env })).toEqual({
    out: `Cannot access CUDA_MPS_PIPE_DIRECTORY=${env.CUDA_MPS_PIPE_DIRECTORY}\n`,
    err: '',
    code: 1,
  });
  mkdirSync(env.CUDA_MPS_PIPE_DIRECTORY);
  expect(await control('get_server_list')).toEqual({
    out: '',
    err: 'Cannot find MPS control daemon process\n',
    code: 1,
  });
  expect(await run([...mps, '-d'], { env })).toEqual({ out: '', err: '', code: 0 });
  await until('the daemon', async () =>
    (await control('get_default_active_thread_percentage')).out === '100.0\n' ? true : undefined,
  );
  try {
    expect((await run([...mps, '-d'], { env })).out).toBe(
      'An instance of this daemon is already running\n',
    );
    expect((await control('set_default_active_thread_percentage 25')).out).toBe('25.0\n');
    expect((await control('get_server_list')).out).toBe('');
    const client = start('sleep', ['60'], env);
    const server = await until('a server', async () => {
      const { out } = await control('get_server_list');
      return out === '' ? undefined : out.trim();
    });
    expect((await control(`get_client_list ${server}`)).out).toBe(`${client.pid ?? 0}\n`);
    expect((await control(`get_active_thread_percentage ${server}`)).out).toBe('25.0\n');
    expect((await control(`get_server_status ${server}`)).out).toBe('ACTIVE\n');
    await smiSays('--sim-fault', 'mps-fault=0');
    expect((await control(`get_server_status ${server}`)).out).toBe('FAULT\n');
    const table = (await smiSays()).out;
    expect(table).toMatch(/M\+C {3}sleep/);
    expect(table).toMatch(/ C {3}nvidia-cuda-mps-server +60MiB/);
    const gone = new Promise((resolve) => client.once('exit', resolve));
    client.kill('SIGKILL');
    await gone;
  } finally {
    expect(await control('quit')).toEqual({ out: '', err: '', code: 0 });
  }
  expect((await control('get_server_list')).err).toBe('Cannot find MPS control daemon process\n');
});

test('dcgmi sees the same load as nvidia-smi, and lets go when its host engine is stopped', async () => {
  await smiSays('--sim-init', 'L40S', '--sim-fault', 'dcgm-holds');
  const dcgmi = program('dcgmi');
  const watched = await run([...dcgmi, 'dmon', '-e', '1001,203', '-d', '50', '-c', '3']);
  expect(watched.out).toMatch(
    /^#Entity +GRACT +GPUTL +\nID +\n(?:GPU 0 +N\/A +0 +\n){2}GPU 0 +0\.000 +0 +\n$/,
  );
  expect((await smiSays('-r')).out).toContain('In use by another client');
  expect(await run([...dcgmi, '--sim-hostengine', 'stop'])).toMatchObject({ code: 0 });
  expect((await smiSays('-r')).out).toContain('was successfully reset.');
  expect(await run([...dcgmi, 'discovery', '-l'])).toMatchObject({ code: 235 });
});

test('an MPS daemon whose folder was removed ends by itself', async () => {
  const env = {
    CUDA_MPS_PIPE_DIRECTORY: join(folder, 'pipe'),
    CUDA_MPS_LOG_DIRECTORY: join(folder, 'log'),
  };
  mkdirSync(env.CUDA_MPS_PIPE_DIRECTORY);
  const child = start(process.execPath, [...mps, '-f'], env);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until('the daemon', async () =>
    (await run(mps, { input: 'get_server_list', env })).code === 0 ? true : undefined,
  );
  rmSync(env.CUDA_MPS_PIPE_DIRECTORY, { recursive: true });
  expect(await ended).toBe(0);
});
