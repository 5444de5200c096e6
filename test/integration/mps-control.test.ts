import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cardFolders } from '../../agent/drivers/mps/control-pipe.ts';
import { createMpsControl } from '../../agent/drivers/mps/create-mps-control.ts';
import { capLog } from '../../agent/drivers/mps/daemon-logs.ts';
import type { MpsControl } from '../../agent/drivers/mps/mps-control.ts';
import { readProc, readProcTable } from '../../agent/drivers/process/proc-table.ts';
import { runCommand } from '../../agent/drivers/process/run-command.ts';
import { parseGpuUuid } from '../../shared/domain/ids.ts';
import { errorChain, errorHint, isAppError } from '../../shared/platform/errors.ts';
import { eventually } from '../fakes/agent/drivers/eventually.ts';
import { must } from '../fakes/agent/drivers/start-spec.ts';
import { needs } from '../setup/needs.ts';

const never = new AbortController().signal;
const gpu = must(parseGpuUuid('GPU-11111111-2222-3333-4444-555555555555'));
/** The real program where a test machine has it: a path in this variable. */
const realCommand = process.env['TANGRAM_MPS_CONTROL'];
const fake = [
  process.execPath,
  fileURLToPath(import.meta.resolve('../fixtures/fake-mps-control.mjs')),
];
let directory = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync('/tmp/tgm-');
});
afterEach(() => {
  endDaemon();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Kills the stand-in's daemon if a test left one. */
function endDaemon(): void {
  const pidFile = join(directory, gpu, 'pipe', 'fake.pid');
  if (!existsSync(pidFile)) return;
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  } catch {
    // It has quit, as it should.
  }
}

function control(
  mode = '',
  limits: { readonly settleTimeoutMs?: number; readonly commandTimeoutMs?: number } = {},
): MpsControl {
  const options = { controlCommand: fake, directory, env: { FAKE_MPS: mode } };
  return createMpsControl({ ...options, commandTimeoutMs: 10_000, ...limits });
}

/** What the program answers to a command of ours. */
async function asks(program: readonly string[], command: string): Promise<string> {
  const env = { CUDA_MPS_PIPE_DIRECTORY: join(directory, gpu, 'pipe') };
  const { stdout } = await runCommand(
    { argv: program, env, input: `${command}\n`, timeoutMs: 10_000, outputBytesMax: 65_536 },
    never,
  );
  return stdout;
}

async function failureOf(task: Promise<unknown>): Promise<unknown> {
  return task.then(
    () => null,
    (error: unknown) => error,
  );
}

const nobody = { servers: [], clientPids: [], waiting: [], fault: null, orphans: [] };

/** The whole life of a daemon, as every implementation must live it. */
async function livesItsLife(mps: MpsControl): Promise<void> {
  const away = {
    gpu,
    pipeDirectory: join(directory, gpu, 'pipe'),
    answering: false,
    incarnation: null,
    ...nobody,
  };
  expect(await mps.observe(gpu, never)).toEqual(away);
  expect(await mps.stop(gpu, never)).toBe('already-gone');
  expect(await mps.start(gpu, never)).toBe('started');
  expect(await mps.start(gpu, never)).toBe('already-running');
  const { incarnation, ...up } = await mps.observe(gpu, never);
  expect(up).toEqual({ gpu, pipeDirectory: away.pipeDirectory, answering: true, ...nobody });
  expect(incarnation).not.toBeNull();
  expect(await mps.setDefaults(gpu, { smPercent: 25, memoryMib: 1044 }, never)).toBe(incarnation);
  expect(await mps.setDefaults(gpu, { smPercent: 100, memoryMib: 512 }, never)).toBe(incarnation);
  expect(await mps.stop(gpu, never)).toBe('stopped');
  expect(await mps.observe(gpu, never)).toEqual(away);
  expect(await mps.start(gpu, never)).toBe('started');
  // Another daemon, which knows nothing of what the first was told.
  expect((await mps.observe(gpu, never)).incarnation).not.toBe(incarnation);
  expect(await mps.stop(gpu, never)).toBe('stopped');
}

test('a daemon is started once, takes its defaults, quits, and can be started again', async () => {
  await livesItsLife(control());
});

const simulator = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  join(import.meta.dirname, '../../agent/simulator/mps-control/bin.ts'),
];

test('the simulator of this project lives the same life', async () => {
  await livesItsLife(createMpsControl({ controlCommand: simulator, directory }));
});

test('a running server is bounded as its daemon is, up and down', async () => {
  const mps = createMpsControl({ controlCommand: simulator, directory });
  await mps.start(gpu, never);
  await asks(simulator, 'start_server -uid 0');
  const server = (await asks(simulator, 'get_server_list')).trim();
  expect(server).toMatch(/^\d+$/);
  for (const memoryMib of [512, 1044, 700]) {
    const smPercent = memoryMib === 1044 ? 50 : 25;
    await mps.setDefaults(gpu, { smPercent, memoryMib }, never);
    const limits = await Promise.all([
      asks(simulator, 'get_default_active_thread_percentage'),
      asks(simulator, `get_active_thread_percentage ${server}`),
      asks(simulator, 'get_default_device_pinned_mem_limit 0'),
      asks(simulator, `get_device_pinned_mem_limit ${server} 0`),
    ]);
    const memory = memoryMib === 1044 ? '1G\n' : `${memoryMib}M\n`;
    expect(limits).toEqual([`${smPercent}.0\n`, `${smPercent}.0\n`, memory, memory]);
  }
  await mps.stop(gpu, never);
});

test.for([
  {
    mode: 'refuse-server',
    words: 'a limit for its server 4711 of 25% of the SMs: it answers "100.0"',
  },
  {
    mode: 'refuse-server-memory',
    words: 'a limit for its server 4711 of 512 MiB a client: it answers "2G"',
  },
])('an echo of the old value of a server is a refusal too ($mode)', async ({ mode, words }) => {
  const mps = control(mode);
  await mps.start(gpu, never);
  writeFileSync(join(directory, gpu, 'pipe', 'clients'), '');
  const refused = await failureOf(mps.setDefaults(gpu, { smPercent: 25, memoryMib: 512 }, never));
  expect(isAppError(refused, 'MPS_FAILED')).toBe(true);
  expect(errorChain(refused)).toContain(words);
});

test('a server that ends while it is told is no failure: the next one begins with the default', async () => {
  const mps = control('server-ends');
  await mps.start(gpu, never);
  writeFileSync(join(directory, gpu, 'pipe', 'clients'), '');
  expect(await mps.setDefaults(gpu, { smPercent: 25, memoryMib: 512 }, never)).toBe(
    (await mps.observe(gpu, never)).incarnation,
  );
});

describe('the real daemon', () => {
  const options = () => ({ controlCommand: [realCommand ?? ''], directory });
  const pipeDirectory = (): string => join(directory, gpu, 'pipe');
  /** The daemons of this test's folder; one that asks has the same variable, and has ended by then. */
  const daemons = (): readonly number[] =>
    readProcTable()
      .filter(({ pid, zombie }) => !zombie && inFolder(pid))
      .map(({ pid }) => pid);
  const inFolder = (pid: number): boolean => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      return environment.includes(`CUDA_MPS_PIPE_DIRECTORY=${pipeDirectory()}`);
    } catch {
      return false;
    }
  };
  const real = (name: string, run: (mps: MpsControl) => Promise<void>): void => {
    test(name, async (context) => {
      const reason = 'set TANGRAM_MPS_CONTROL to the path of nvidia-cuda-mps-control';
      needs(context, 'mps', { available: realCommand !== undefined, reason });
      try {
        await run(createMpsControl(options()));
      } finally {
        for (const pid of daemons()) process.kill(pid, 'SIGKILL');
      }
    });
  };

  real('lives the same life', livesItsLife);

  real(
    'that was killed is seen as such, though its socket is left, and another takes its place',
    async (mps) => {
      await mps.start(gpu, never);
      const { incarnation } = await mps.observe(gpu, never);
      const [pid = 0, ...others] = daemons();
      expect(others).toEqual([]);
      process.kill(pid, 'SIGKILL');
      await eventually('the daemon has ended', () => (daemons().length === 0 ? true : null));
      expect(existsSync(join(pipeDirectory(), 'control'))).toBe(true);
      expect(await mps.observe(gpu, never)).toMatchObject({ answering: false, incarnation: null });
      expect(
        await failureOf(mps.setDefaults(gpu, { smPercent: 25, memoryMib: 512 }, never)),
      ).toMatchObject({
        code: 'MPS_FAILED',
      });
      expect(await mps.start(gpu, never)).toBe('started');
      expect((await mps.observe(gpu, never)).incarnation).not.toBe(incarnation);
    },
  );

  real('is one, however many agents start it at once', async (mps) => {
    const other = createMpsControl(options());
    const outcomes = await Promise.all([mps.start(gpu, never), other.start(gpu, never)]);
    expect(outcomes.every((each) => /started|already-running/.test(each))).toBe(true);
    await eventually('one daemon', () => (daemons().length === 1 ? true : null));
    const seen = await Promise.all([mps.observe(gpu, never), other.observe(gpu, never)]);
    expect(seen[0]?.incarnation).toBe(seen[1]?.incarnation);
    // It serves one questioner at a time and drops the others.
    const many = Array.from({ length: 6 }, (_, at) =>
      (at % 2 === 0 ? mps : other).observe(gpu, never),
    );
    expect((await Promise.all(many)).every((each) => each.answering)).toBe(true);
  });

  real(
    'writes logs that are read from their end and emptied under it when they grow',
    async (mps) => {
      await mps.start(gpu, never);
      await mps.setDefaults(gpu, { smPercent: 25, memoryMib: 512 }, never);
      const folders = cardFolders(directory, gpu);
      await eventually('the command is in the log', () =>
        mps.tailLog(gpu, 'control.log', 50).includes('Cmd:set_default_active_thread_percentage 25')
          ? true
          : null,
      );
      expect(mps.tailLog(gpu, 'control.log', 2).split('\n')).toHaveLength(2);
      expect(capLog(folders, 'control.log', 1_000_000)).toBe(false);
      expect(capLog(folders, 'control.log', 100)).toBe(true);
      expect(readFileSync(join(folders.log, 'control.log.1'), 'utf8')).toContain(
        'Starting control daemon',
      );
      await mps.observe(gpu, never);
      // Appended at the new end: no hole of zeros where the old text was.
      await eventually('the daemon writes on', () =>
        mps.tailLog(gpu, 'control.log', 50).includes('Cmd:get_server_list') ? true : null,
      );
      expect(readFileSync(join(folders.log, 'control.log'), 'utf8').startsWith('[')).toBe(true);
    },
  );

  real('tells what it can do, and does not know options of later versions', async (mps) => {
    await mps.start(gpu, never);
    const found = await mps.capabilities([gpu], never);
    expect(found).toMatchObject({ memoryLimits: true, staticPartitions: false, protocolV3: false });
    expect(typeof found.serverStatus).toBe('boolean');
    await mps.stop(gpu, never);
    const without = await mps.capabilities([gpu], never);
    expect(without).toMatchObject({ memoryLimits: null, staticPartitions: null });
    const refused = await failureOf(
      createMpsControl({ ...options(), multiUser: true, settleTimeoutMs: 3_000 }).start(gpu, never),
    );
    expect(errorHint(refused)).toContain('mps.multiUser: false');
  });
});

test('the daemon is in a session of its own, and sees its card alone', async () => {
  await control().start(gpu, never);
  const env = JSON.parse(readFileSync(join(directory, gpu, 'pipe', 'fake.env'), 'utf8')) as Record<
    string,
    string
  >;
  expect(env['CUDA_VISIBLE_DEVICES']).toBe(gpu);
  const pid = Number(readFileSync(join(directory, gpu, 'pipe', 'fake.pid'), 'utf8'));
  expect(readProc(pid)?.groupId).not.toBe(readProc(process.pid)?.groupId);
  // Another agent process finds the same daemon.
  expect((await control().observe(gpu, never)).answering).toBe(true);
});

test('clients are seen with their users, and those of another user as waiting', async (context) => {
  const reason = 'only root may start processes of other users';
  needs(context, 'root', { available: process.getuid?.() === 0, reason });
  const mps = createMpsControl({ controlCommand: simulator, directory });
  await mps.start(gpu, never);
  const env = { CUDA_VISIBLE_DEVICES: gpu, CUDA_MPS_PIPE_DIRECTORY: mps.pipeDirectory(gpu) };
  const client = (uid: number): ChildProcess => {
    const child = spawn('sleep', ['120'], { env, uid, stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const first = client(1000);
  const served = await eventually('the first client is served', async () => {
    const seen = await mps.observe(gpu, never);
    return seen.clientPids.length === 1 ? seen : null;
  });
  expect(served.servers).toMatchObject([
    { uid: 1000, status: 'ACTIVE', clients: [{ pid: first.pid, uid: 1000 }] },
  ]);
  expect(served.waiting).toEqual([]);
  const second = client(1001);
  const queued = await eventually('the second one waits', async () => {
    const seen = await mps.observe(gpu, never);
    return seen.waiting.length === 1 ? seen : null;
  });
  expect(queued.waiting).toEqual([{ pid: second.pid, uid: 1001 }]);
  first.kill('SIGKILL');
  await eventually('the second one is served', async () => {
    const seen = await mps.observe(gpu, never);
    return seen.servers[0]?.uid === 1001 && seen.waiting.length === 0 ? seen : null;
  });
  second.kill('SIGKILL');
  await eventually('nobody is left', async () =>
    (await mps.observe(gpu, never)).clientPids.length === 0 ? true : null,
  );
  expect(await mps.stop(gpu, never)).toBe('stopped');
});

test('servers that a dead daemon has left behind are seen, and ended before another starts', async () => {
  const mps = control();
  await mps.start(gpu, never);
  endDaemon();
  const orphan = spawn('sleep', ['120'], {
    argv0: 'nvidia-cuda-mps-server',
    env: { CUDA_MPS_PIPE_DIRECTORY: mps.pipeDirectory(gpu) },
    stdio: 'ignore',
  });
  children.push(orphan);
  await eventually('the daemon is seen dead, and its server', async () => {
    const seen = await mps.observe(gpu, never);
    return !seen.answering && seen.orphans.length === 1 ? seen : null;
  });
  expect((await mps.observe(gpu, never)).orphans).toEqual([orphan.pid]);
  expect(await mps.start(gpu, never)).toBe('started');
  expect(orphan.signalCode).toBe('SIGTERM');
  expect((await mps.observe(gpu, never)).orphans).toEqual([]);
  await mps.stop(gpu, never);
});

test('clients are listed, and a daemon that has some is not asked to quit', async () => {
  const mps = control();
  await mps.start(gpu, never);
  writeFileSync(join(directory, gpu, 'pipe', 'clients'), '');
  expect((await mps.observe(gpu, never)).clientPids).toEqual([100, 200]);
  const refused = await failureOf(mps.stop(gpu, never));
  expect(isAppError(refused, 'MPS_FAILED')).toBe(true);
  expect(errorHint(refused)).toContain('100, 200');
  expect((await mps.observe(gpu, never)).answering).toBe(true);
});

test('an echo of the old value is a refusal, not a success', async () => {
  const mps = control('refuse');
  await mps.start(gpu, never);
  const refused = await failureOf(mps.setDefaults(gpu, { smPercent: 25, memoryMib: 512 }, never));
  expect(isAppError(refused, 'MPS_FAILED')).toBe(true);
  expect(errorChain(refused)).toContain('25% of the SMs: it answers "100.0"');
});

test('a version without memory limits is told as such', async () => {
  const mps = control('old');
  await mps.start(gpu, never);
  const refused = await failureOf(mps.setDefaults(gpu, { smPercent: 25, memoryMib: 512 }, never));
  expect(errorHint(refused)).toContain('495');
});

test('a daemon that cannot start is told in its own words', async () => {
  const failed = await failureOf(control('deaf').start(gpu, never));
  expect(isAppError(failed, 'MPS_FAILED')).toBe(true);
  expect(errorChain(failed)).toContain('Cannot access CUDA_MPS_PIPE_DIRECTORY');
});

test('a daemon that does not answer or does not quit has a limit', async () => {
  const hung = await failureOf(control('hang', { commandTimeoutMs: 2_000 }).start(gpu, never));
  expect(isAppError(hung, 'PROCESS_TIMEOUT')).toBe(true);
  endDaemon();
  rmSync(join(directory, gpu), { recursive: true });
  await control('stay').start(gpu, never);
  const stuck = await failureOf(control('stay', { settleTimeoutMs: 300 }).stop(gpu, never));
  expect(errorChain(stuck)).toContain('does not quit');
});

test('a path that no socket can have is refused before anything is started', async () => {
  const deep = createMpsControl({
    controlCommand: fake,
    directory: join(directory, 'x'.repeat(60)),
  });
  const refused = await failureOf(deep.start(gpu, never));
  expect(isAppError(refused, 'MPS_FAILED')).toBe(true);
  expect(errorChain(refused)).toContain('at most 100');
  expect(errorHint(refused)).toContain('mps.dir');
  expect(existsSync(join(directory, 'x'.repeat(60)))).toBe(false);
});
