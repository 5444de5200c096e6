import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readProc } from '../../agent/drivers/process/proc-table.ts';
import { createProcessRuntime } from '../../agent/drivers/runtime/process-runtime.ts';
import type { RunningReplica, Runtime } from '../../agent/drivers/runtime/runtime.ts';
import { errorChain, isAppError } from '../../shared/platform/errors.ts';
import { eventually } from '../fakes/agent/drivers/eventually.ts';
import { startSpec } from '../fakes/agent/drivers/start-spec.ts';

const server = fileURLToPath(import.meta.resolve('../fixtures/http-model.mjs'));
const never = new AbortController().signal;
let state = '';
let runtime: Runtime;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'tangram-proc-'));
  runtime = createProcessRuntime({ stateDirectory: state });
});
afterEach(async () => {
  for (const replica of await runtime.list(never)) await runtime.stop(replica.replica, 0, never);
  rmSync(state, { recursive: true, force: true });
});

const model = (replica: string, command: readonly string[] = [process.execPath, server]) =>
  startSpec({
    replica,
    workload: { command, env: { GREETING: 'hello world' } },
    grant: {
      deviceUuids: ['MIG-11111111-2222-5333-8444-555555555555'],
      mps: { pipeDirectory: '/run/x/pipe', smPercent: 25, memoryMib: 1044 },
    },
  });

async function only(of: Runtime = runtime): Promise<RunningReplica> {
  const [first, ...rest] = await of.list(never);
  if (first === undefined || rest.length > 0) throw new Error('expected exactly one replica');
  return first;
}

interface Told {
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
}

async function ask(address: string): Promise<Told> {
  return eventually('an HTTP answer', async () => {
    try {
      return (await (
        await fetch(`http://${address}/env`, { signal: AbortSignal.timeout(1_000) })
      ).json()) as Told;
    } catch {
      return null;
    }
  });
}

test('a started process serves on the port it was given, with a clean environment and its grant', async () => {
  process.env['TANGRAM_TEST_SECRET'] = 'must not leak';
  expect(await runtime.start(model('sentiment-1'), never)).toEqual({ kind: 'started' });
  const replica = await only();
  expect(replica).toMatchObject({
    replica: 'sentiment-1',
    model: 'sentiment',
    modelVersion: 3,
    specHash: 'hash-1',
    state: 'running',
    exitCode: null,
    deviceUuids: ['MIG-11111111-2222-5333-8444-555555555555'],
  });
  const told = await ask(replica.address ?? '');
  expect(replica.pids).toContain(told.pid);
  expect(told.env).toMatchObject({
    GREETING: 'hello world',
    TANGRAM_MODEL: 'sentiment',
    TANGRAM_REPLICA: 'sentiment-1',
    PORT: replica.address?.split(':')[1],
    NVIDIA_VISIBLE_DEVICES: 'MIG-11111111-2222-5333-8444-555555555555',
    CUDA_VISIBLE_DEVICES: 'MIG-11111111-2222-5333-8444-555555555555',
    CUDA_MPS_PIPE_DIRECTORY: '/run/x/pipe',
    CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: '25',
    CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: '0=1044M',
  });
  expect(told.env['TANGRAM_TEST_SECRET']).toBeUndefined();
  delete process.env['TANGRAM_TEST_SECRET'];
  expect(await runtime.start(model('sentiment-1'), never)).toEqual({ kind: 'already-there' });
  expect(await runtime.logs(replica.replica, { tailLines: 5 }, never)).toContain('listening on');
});

test('a new runtime on the same directory adopts what runs, and stops it', async () => {
  await runtime.start(model('sentiment-2'), never);
  const before = await only();
  const next = createProcessRuntime({ stateDirectory: state });
  expect(await only(next)).toEqual(before);
  expect(await next.start(model('sentiment-2'), never)).toEqual({ kind: 'already-there' });
  expect(await next.stop(before.replica, 5_000, never)).toBe('stopped');
  expect(await next.list(never)).toEqual([]);
  const ended = readProc(Number(before.runtimeId));
  expect(ended === null || ended.zombie).toBe(true);
  expect(await next.stop(before.replica, 5_000, never)).toBe('already-gone');
});

test('an agent killed between the spawn and its record finds the process by its launch id', async () => {
  await runtime.start(model('sentiment-3'), never);
  const before = await only();
  const file = join(state, 'processes', 'sentiment-3', 'record.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...record, process: null }));
  const next = createProcessRuntime({ stateDirectory: state });
  expect(await only(next)).toEqual(before);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(record);
});

test('a process that does not listen to SIGTERM is killed with its children after the grace', async () => {
  const script = join(state, 'wrapper.sh');
  // The wrapper stays the parent, as shells in container entry points do.
  writeFileSync(
    script,
    `#!/bin/sh\ntrap '' TERM\n${process.execPath} ${server} --stubborn\ntrue\n`,
  );
  await runtime.start(model('sentiment-4', ['/bin/sh', script]), never);
  const replica = await only();
  const told = await ask(replica.address ?? '');
  const { pids } = await only();
  expect(pids).toContain(told.pid);
  expect(pids.length).toBeGreaterThanOrEqual(2);
  expect(await runtime.stop(replica.replica, 200, never)).toBe('stopped');
  for (const pid of pids) {
    const left = readProc(pid);
    expect(left === null || left.zombie).toBe(true);
  }
});

test('an exit is listed with its code and its last words', async () => {
  const command = [process.execPath, '-e', 'console.error("no such weights"); process.exit(7)'];
  await runtime.start(model('sentiment-5', command), never);
  const ended = await eventually('the exit code', async () => {
    const replica = await only();
    return replica.exitCode === null ? null : replica;
  });
  expect(ended).toMatchObject({
    state: 'exited',
    exitCode: 7,
    address: null,
    pids: [],
    lastOutput: 'no such weights',
  });
});

test('a record of an earlier boot, or with a reused pid, is never taken for a running replica', async () => {
  await runtime.start(model('sentiment-6'), never);
  const before = await only();
  const rebooted = createProcessRuntime({ stateDirectory: state, bootId: () => 'another-boot' });
  expect(await only(rebooted)).toMatchObject({ state: 'exited', exitCode: null, pids: [] });
  expect((await only(rebooted)).lastOutput).toContain('the host was rebooted');

  const file = join(state, 'processes', 'sentiment-6', 'record.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly process: { readonly pid: number; readonly startTicks: number };
  };
  const another = { ...record.process, startTicks: 1 };
  const reused = { ...record, launchId: 'of-a-process-that-ended', process: another };
  writeFileSync(file, JSON.stringify(reused));
  expect(await only()).toMatchObject({ state: 'exited' });
  expect(await runtime.stop(before.replica, 100, never)).toBe('already-gone');
  expect(readProc(record.process.pid)).not.toBeNull(); // A stranger now: not signalled.
  process.kill(record.process.pid, 'SIGKILL');
});

test('a process whose start is told otherwise, as to an agent in another time namespace, is known by its launch id', async () => {
  await runtime.start(model('sentiment-9'), never);
  const before = await only();
  const file = join(state, 'processes', 'sentiment-9', 'record.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as { readonly process: object };
  writeFileSync(
    file,
    JSON.stringify({ ...record, process: { ...record.process, startTicks: 86_400_000 } }),
  );
  expect(await only()).toEqual(before);
  expect(await runtime.stop(before.replica, 5_000, never)).toBe('stopped');
});

test('a program that does not exist is told by name, and leaves nothing behind', async () => {
  const failed = await runtime.start(model('sentiment-7', ['/no/such/program']), never).then(
    () => null,
    (error: unknown) => error,
  );
  expect(isAppError(failed, 'PROCESS_FAILED')).toBe(true);
  expect(errorChain(failed)).toContain('/no/such/program');
  expect(await runtime.list(never)).toEqual([]);
});

test('a broken record hides no other replica', async () => {
  await runtime.start(model('sentiment-8'), never);
  mkdirSync(join(state, 'processes', 'broken'), { recursive: true });
  writeFileSync(join(state, 'processes', 'broken', 'record.json'), '{"replica": 1}');
  expect((await only()).replica).toBe('sentiment-8');
});
