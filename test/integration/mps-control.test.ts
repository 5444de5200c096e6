import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMpsControl } from '../../agent/drivers/mps/create-mps-control.ts';
import type { MpsControl } from '../../agent/drivers/mps/mps-control.ts';
import { readProc } from '../../agent/drivers/process/proc-table.ts';
import { parseGpuUuid } from '../../shared/domain/ids.ts';
import { errorChain, errorHint, isAppError } from '../../shared/platform/errors.ts';
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

beforeEach(() => {
  directory = mkdtempSync('/tmp/tgm-');
});
afterEach(() => {
  endDaemon();
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

async function failureOf(task: Promise<unknown>): Promise<unknown> {
  return task.then(
    () => null,
    (error: unknown) => error,
  );
}

/** The whole life of a daemon, as every implementation must live it. */
async function livesItsLife(mps: MpsControl): Promise<void> {
  const away = {
    gpu,
    pipeDirectory: join(directory, gpu, 'pipe'),
    answering: false,
    clientPids: [],
  };
  expect(await mps.observe(gpu, never)).toEqual(away);
  expect(await mps.stop(gpu, never)).toBe('already-gone');
  expect(await mps.start(gpu, never)).toBe('started');
  expect(await mps.start(gpu, never)).toBe('already-running');
  expect(await mps.observe(gpu, never)).toEqual({ ...away, answering: true });
  await mps.setDefaults(gpu, { smPercent: 25, memoryMib: 1044 }, never);
  await mps.setDefaults(gpu, { smPercent: 100, memoryMib: 512 }, never);
  expect(await mps.stop(gpu, never)).toBe('stopped');
  expect(await mps.observe(gpu, never)).toEqual(away);
  expect(await mps.start(gpu, never)).toBe('started');
  expect(await mps.stop(gpu, never)).toBe('stopped');
}

test('a daemon is started once, takes its defaults, quits, and can be started again', async () => {
  await livesItsLife(control());
});

test('the simulator of this project lives the same life', async () => {
  const bin = join(import.meta.dirname, '../../agent/simulator/mps-control/bin.ts');
  const controlCommand = [process.execPath, '--import', import.meta.resolve('tsx'), bin];
  await livesItsLife(createMpsControl({ controlCommand, directory }));
});

test('the real daemon lives the same life', async (context) => {
  const reason = 'set TANGRAM_MPS_CONTROL to the path of nvidia-cuda-mps-control';
  needs(context, 'mps', { available: realCommand !== undefined, reason });
  await livesItsLife(createMpsControl({ controlCommand: [realCommand ?? ''], directory }));
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
