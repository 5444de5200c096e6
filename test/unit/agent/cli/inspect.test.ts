import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { createProgram } from '../../../../agent/cli/program.ts';
import { renderInspection } from '../../../../agent/cli/render-inspection.ts';
import { readSavedFile } from '../../../../agent/cli/saved-file.ts';
import { inspectText } from '../../../../agent/formats/inspect.ts';
import { systemClock } from '../../../../shared/platform/clock.ts';
import { samples } from '../../../fuzz/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'tangram-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function saved(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const sample = (file: string): string => samples.find((each) => each.file === file)?.text ?? '';

async function agentctl(...args: readonly string[]): Promise<{ out: string; exitCode: number }> {
  const printed: string[] = [];
  let exitCode = 0;
  const program = createProgram({
    version: '0.0.0',
    socket: '/nowhere/agent.sock',
    connect: () => {
      throw new Error('inspect asks no agent');
    },
    out: (text) => void printed.push(text),
    terminal: null,
    confirm: () => Promise.resolve(false),
    clock: systemClock,
    signal: new AbortController().signal,
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  await program.parseAsync([...args], { from: 'user' });
  return { out: printed.join(''), exitCode };
}

test('JSON is one object a file, each in a line of its own, in the order asked', async () => {
  const table = saved('table.txt', sample('table.txt'));
  const missing = join(folder, 'missing.txt');
  const { out, exitCode } = await agentctl('inspect', table, missing, '--json');
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { file: table, kind: 'smi-table', ok: true, value: { gpuCount: 1 } },
    { file: missing, kind: null, ok: false, problem: { code: 'NO_SUCH_FILE' } },
  ]);
  expect(exitCode).toBe(1);
});

test('all good is exit code 0, and the kind may be named', async () => {
  const file = saved('reply', '40.0\n');
  const { out, exitCode } = await agentctl('inspect', '--json', '--kind', 'mps', file);
  expect(JSON.parse(out)).toEqual({
    file,
    kind: 'mps',
    ok: true,
    value: { reply: 'percent', percent: 40 },
  });
  expect(exitCode).toBe(0);
});

test('people see the cards, the problem with what to do, and the count', async () => {
  const { out, exitCode } = await agentctl(
    'inspect',
    saved('q.xml', sample('q-x.xml')),
    saved('nodriver.txt', sample('no-driver.txt')),
  );
  expect(out).toContain('NVIDIA A100-SXM4-40GB');
  expect(out).toContain('3/40960');
  expect(out).toContain('errors, PROBLEM DRIVER_NOT_LOADED');
  expect(out).toContain('modprobe nvidia');
  expect(out).toMatch(/2 files: 1 read, 1 with a problem\n$/);
  expect(exitCode).toBe(1);
});

test('a storm in a kernel log is one line a fault', () => {
  const line = '[  101.000001] NVRM: Xid (PCI:0000:9b:00): 94, pid=7, name=x, Contained\n';
  const text = renderInspection(inspectText({ file: 'dmesg', text: line.repeat(300) }));
  expect(text).toMatch(/xid 94 +0000:9b:00 +300 +101\.000001 +Contained/);
  expect(text.split('\n').length).toBeLessThan(10);
});

test.for(samples)('a summary of $file holds no control character', ({ file, text }) => {
  const summary = renderInspection(inspectText({ file, text }));
  expect(summary.startsWith(`${file}: `)).toBe(true);
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  expect(summary).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
});

test('a file from elsewhere does not steer the terminal', () => {
  const text = 'Field "\u001B]0;owned\u0007x" is not a valid field to query.\n';
  const summary = renderInspection(inspectText({ file: 'a\u001B[2Jb', text }));
  expect(summary).toContain('BAD_FIELD');
  expect(summary.includes('\u001B') || summary.includes('\u0007')).toBe(false);
});

test('packed, UTF-16 and broken bytes', async () => {
  const text = sample('version.txt');
  expect(await readSavedFile(saved('a.gz', gzipSync(text)))).toEqual({ ok: true, value: text });
  expect(
    await readSavedFile(
      saved('a.txt', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])),
    ),
  ).toEqual({ ok: true, value: text });
  expect(await readSavedFile(saved('b.txt', Buffer.from([0x61, 0xff, 0x62])))).toEqual({
    ok: true,
    value: 'a\uFFFDb',
  });
});

test('what cannot be read is a problem', async () => {
  mkdirSync(join(folder, 'sub'));
  const problems = await Promise.all([
    readSavedFile(join(folder, 'sub')),
    readSavedFile(join(folder, 'none')),
    readSavedFile(saved('large.txt', 'x'.repeat(2_000)), 1_000),
    readSavedFile(saved('bomb.gz', gzipSync('x'.repeat(2_000))), 1_000),
    readSavedFile(saved('cut.gz', gzipSync('hello').subarray(0, 12))),
  ]);
  expect(problems.map((read) => (read.ok ? 'read' : read.problem.code))).toEqual([
    'IS_DIRECTORY',
    'NO_SUCH_FILE',
    'TOO_LARGE',
    'TOO_LARGE',
    'BROKEN_ARCHIVE',
  ]);
});
