import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findByEnvironment, readProcTable } from '../../agent/drivers/process/proc-table.ts';
import { runCommand } from '../../agent/drivers/process/run-command.ts';
import { streamLines } from '../../agent/drivers/process/stream-lines.ts';
import { readTail, rotateLog } from '../../agent/drivers/runtime/log-file.ts';
import { createHost } from '../../agent/drivers/host/create-host.ts';
import { errorChain, errorHint, isAppError } from '../../shared/platform/errors.ts';
import { eventually } from '../fakes/agent/drivers/eventually.ts';

const never = new AbortController().signal;
const sh = (script: string) => ['sh', '-c', script];

async function failureOf(task: Promise<unknown>): Promise<unknown> {
  return task.then(
    () => null,
    (error: unknown) => error,
  );
}

test('output, exit code and locale come as they are; nothing is a shell line', async () => {
  const options = { timeoutMs: 10_000, env: { LC_ALL: 'de_DE.UTF-8' } };
  expect(
    await runCommand(
      { ...options, argv: sh('cat; echo "$LC_ALL" >&2; exit 3'), input: 'a\n' },
      never,
    ),
  ).toEqual({ exitCode: 3, stdout: 'a\n', stderr: 'C\n' });
  const echoed = await runCommand({ ...options, argv: ['printf', '%s', '$HOME; ls'] }, never);
  expect(echoed.stdout).toBe('$HOME; ls');
});

test('a command that ignores SIGTERM is killed, and so are its children', async () => {
  const script = "trap '' TERM; sleep 987651 & sleep 987651; sleep 987651";
  const failed = await failureOf(
    runCommand({ argv: sh(script), timeoutMs: 100, killGraceMs: 100 }, never),
  );
  expect(isAppError(failed, 'PROCESS_TIMEOUT')).toBe(true);
  await eventually('the children are gone', () => {
    const own = readProcTable().filter((each) => each.parentPid === process.pid && !each.zombie);
    return own.some((each) => each.groupId === each.pid) ? null : true;
  });
});

test('a command whose pipes are held beyond its end has a limit too', async () => {
  const left: number[] = [];
  const mark = `mark-${process.pid}`;
  // Leaves the group, and so survives it, with our pipe in its hand: as bad as one that hangs in the kernel.
  const options = {
    argv: sh('setsid sleep 30 & wait'),
    env: { TANGRAM_TEST_MARK: mark },
    timeoutMs: 300,
    killGraceMs: 100,
  };
  const failed = await failureOf(
    runCommand({ ...options, onLeftBehind: (pid) => left.push(pid) }, never),
  );
  expect(isAppError(failed, 'PROCESS_TIMEOUT')).toBe(true);
  expect(errorHint(failed)).toContain('kernel log');
  expect(left).toHaveLength(1);
  const survivor = findByEnvironment(`TANGRAM_TEST_MARK=${mark}`);
  if (survivor === null) throw new Error('the test did not make what it is about');
  process.kill(survivor, 'SIGKILL');
});

test('an abort ends the command and is the reason; output has a cap; a missing program a hint', async () => {
  const abort = new AbortController();
  const running = failureOf(runCommand({ argv: ['sleep', '60'], timeoutMs: 60_000 }, abort.signal));
  abort.abort(new Error('enough'));
  expect(errorChain(await running)).toBe('enough');

  const endless = { argv: ['yes'], timeoutMs: 20_000, outputBytesMax: 10_000 };
  expect(errorChain(await failureOf(runCommand(endless, never)))).toContain(
    'more than 10000 bytes',
  );

  const missing = await failureOf(runCommand({ argv: ['/no/such'], timeoutMs: 1_000 }, never));
  expect(isAppError(missing, 'DRIVER_AWAY')).toBe(true);
  expect(errorHint(missing)).toContain('configuration');
  const forbidden = await failureOf(runCommand({ argv: ['/etc/passwd'], timeoutMs: 1_000 }, never));
  expect(isAppError(forbidden, 'PROCESS_FAILED')).toBe(true);
  expect(errorHint(forbidden)).toContain('executable');
});

test('lines are streamed whole, and an exit code ends the stream with its words', async () => {
  const lines: string[] = [];
  const script = "printf 'a\\nb'; printf 'c\\r\\n'; printf last; echo oops >&2; exit 4";
  const failed = await failureOf(
    (async () => {
      for await (const line of streamLines({ argv: sh(script), stallMs: 5_000 }, never))
        lines.push(line);
    })(),
  );
  expect(lines).toEqual(['a', 'bc', 'last']);
  expect(errorChain(failed)).toContain('exit code 4: oops');
});

test('a stream of a missing program, without end or of one endless line has a limit', async () => {
  const drain = async (argv: readonly string[], stallMs = 5_000): Promise<void> => {
    for await (const line of streamLines({ argv, stallMs, lineLengthMax: 1_000 }, never)) {
      expect(line.length).toBeLessThan(1_001);
    }
  };
  expect(isAppError(await failureOf(drain(['/no/such'])), 'DRIVER_AWAY')).toBe(true);
  expect(isAppError(await failureOf(drain(['sleep', '60'], 100)), 'PROCESS_TIMEOUT')).toBe(true);
  const long = await failureOf(drain(sh("yes | tr -d '\\n'")));
  expect(errorChain(long)).toContain('too long');
});

test('a log is kept within its limit while somebody appends to it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tangram-log-'));
  try {
    const log = join(directory, 'output.log');
    expect(rotateLog(log, 10)).toBe(false);
    writeFileSync(log, 'first\n');
    expect(rotateLog(log, 10)).toBe(false);
    writeFileSync(log, 'second, longer\n', { flag: 'a' });
    expect(rotateLog(log, 10)).toBe(true);
    expect(statSync(log).size).toBe(0);
    writeFileSync(log, 'third\n', { flag: 'a' });
    expect(readTail(log, 5)).toBe('third');
    expect(readTail(`${log}.1`, 5)).toBe('first\nsecond, longer');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('this very host has facts, and samples within bounds', async () => {
  const host = createHost();
  const facts = await host.facts(never);
  expect(facts.bootId).toMatch(/^[0-9a-f-]{36}$/);
  expect(facts.cpuCount).toBeGreaterThan(0);
  expect(facts.memoryTotalMib).toBeGreaterThan(100);
  expect(facts.kernel).not.toBe('');
  expect(await host.facts(never)).toBe(facts);
  expect((await host.sample(never)).cpuRatio).toBe(0);
  const sample = await host.sample(never);
  expect(sample.cpuRatio).toBeGreaterThanOrEqual(0);
  expect(sample.cpuRatio).toBeLessThanOrEqual(1);
  expect(sample.memoryUsedMib).toBeLessThan(facts.memoryTotalMib);
  const elsewhere = await failureOf(createHost({ procDirectory: '/nonexistent' }).sample(never));
  expect(isAppError(elsewhere, 'OUTPUT_UNREADABLE')).toBe(true);
});
