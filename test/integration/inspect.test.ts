import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { samples } from '../fuzz/samples.ts';
import { captures, capturesFound } from '../setup/captures.ts';
import { describeWhere } from '../setup/needs.ts';
import { programs, type Ran } from './cluster-harness.ts';

// `agentctl inspect` as a support engineer runs it: the built program, real files and pipes, and no agent anywhere.

const folder = mkdtempSync(join(tmpdir(), 'tangram-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const outputBytesMax = 256 * 1024 * 1024;

function inspect(
  args: readonly string[],
  options: { readonly input?: string | Uint8Array; readonly cwd?: string } = {},
): Ran {
  const ran = spawnSync(process.execPath, [programs.agentctl, 'inspect', ...args], {
    cwd: options.cwd ?? folder,
    input: options.input ?? '',
    encoding: 'utf8',
    maxBuffer: outputBytesMax,
    timeout: 120_000,
    env: { ...process.env, TANGRAM_SOCKET: join(folder, 'no-agent.sock') },
  });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

interface Line {
  readonly file: string;
  readonly kind: string | null;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly problem?: { readonly code: string; readonly message: string; readonly hint: string };
}

function linesOf({ stdout }: Ran): readonly Line[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

const sample = (file: string): string => {
  const found = samples.find((each) => each.file === file);
  if (found === undefined) throw new Error(`there is no sample ${file}`);
  return found.text;
};

const table = sample('table.txt');
const files: Readonly<Record<string, string | Uint8Array>> = {
  'table.txt': table,
  'q-x.xml': sample('q-x.xml'),
  'table.txt.gz': gzipSync(table),
  'no-driver.txt': sample('no-driver.txt'),
  'cut.xml': sample('q-x.xml').slice(0, 700),
  'empty.txt': '',
  'mps/get_client_list.txt': '',
  reply: '40.0\n',
  'notes.txt': 'Dear support,\nthe card is slow since Monday.\n',
  'picture.png': Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 0, 0]),
};

beforeAll(() => {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
});

test('a good file is {file, kind, ok, value} in one line, and nothing else', () => {
  const ran = inspect(['--json', 'table.txt']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(/^\{.*\}\n$/);
  const [line] = linesOf(ran);
  expect(Object.keys(line ?? {})).toEqual(['file', 'kind', 'ok', 'value']);
  expect(line).toMatchObject({ file: 'table.txt', kind: 'smi-table', ok: true });
});

test('a bad one is {file, kind, ok, problem}, with what, why and what to do', () => {
  const ran = inspect(['--json', 'no-driver.txt']);
  expect(ran).toMatchObject({ code: 1, stderr: '' });
  const [line] = linesOf(ran);
  expect(Object.keys(line ?? {})).toEqual(['file', 'kind', 'ok', 'problem']);
  expect(line).toEqual({
    file: 'no-driver.txt',
    kind: 'errors',
    ok: false,
    problem: {
      code: 'DRIVER_NOT_LOADED',
      message: expect.stringMatching(/\S/),
      hint: expect.stringContaining('modprobe nvidia'),
    },
  });
});

const named: readonly {
  readonly name: string;
  readonly kind: string | null;
  readonly code: string | null;
}[] = [
  { name: 'q-x.xml', kind: 'xml', code: null },
  { name: 'table.txt.gz', kind: 'smi-table', code: null },
  { name: 'mps/get_client_list.txt', kind: 'mps', code: null },
  { name: 'cut.xml', kind: 'xml', code: 'TRUNCATED' },
  { name: 'empty.txt', kind: null, code: 'EMPTY' },
  { name: 'reply', kind: null, code: 'UNKNOWN_FORMAT' },
  { name: 'notes.txt', kind: null, code: 'UNKNOWN_FORMAT' },
  { name: 'picture.png', kind: null, code: 'BINARY' },
  { name: 'missing.txt', kind: null, code: 'NO_SUCH_FILE' },
  { name: 'mps', kind: null, code: 'IS_DIRECTORY' },
];

test('many files are one line each, in the order asked, however bad some are', () => {
  const ran = inspect(['--json', ...named.map(({ name }) => name)]);
  expect(ran).toMatchObject({ code: 1, stderr: '' });
  expect(
    linesOf(ran).map(({ file, kind, problem }) => ({
      name: file,
      kind,
      code: problem?.code ?? null,
    })),
  ).toEqual(named);
});

test('a packed file says what the file itself says', () => {
  const [plain, packed] = linesOf(inspect(['--json', 'table.txt', 'table.txt.gz']));
  expect(packed).toEqual({ ...plain, file: 'table.txt.gz' });
});

describe('standard input', () => {
  test('is read for -, plain or packed', () => {
    for (const input of [table, gzipSync(table)]) {
      const ran = inspect(['--json', '-'], { input });
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(linesOf(ran)).toMatchObject([{ file: '-', kind: 'smi-table', ok: true }]);
    }
  });

  test('stands beside files, and may be empty', () => {
    const ran = inspect(['--json', 'table.txt', '-']);
    expect(ran.code).toBe(1);
    expect(linesOf(ran)).toMatchObject([
      { file: 'table.txt', ok: true },
      { file: '-', kind: null, ok: false, problem: { code: 'EMPTY' } },
    ]);
  });

  test('without a mark is what --kind says', () => {
    const ran = inspect(['--json', '--kind', 'mps', '-'], { input: '40.0\n' });
    expect(ran.code).toBe(0);
    expect(linesOf(ran)).toEqual([
      { file: '-', kind: 'mps', ok: true, value: { reply: 'percent', percent: 40 } },
    ]);
  });
});

test('--kind overrides what the text says', () => {
  const [line] = linesOf(inspect(['--json', '--kind', 'topo', 'table.txt']));
  expect(line).toMatchObject({ file: 'table.txt', kind: 'topo', ok: false });
});

test('people get a summary a file, the problem with what to do, and the count', () => {
  const ran = inspect(['table.txt', 'no-driver.txt', 'missing.txt']);
  expect(ran).toMatchObject({ code: 1, stderr: '' });
  expect(ran.stdout).toMatch(/^table\.txt: smi-table/);
  expect(ran.stdout).toContain('no-driver.txt: errors, PROBLEM DRIVER_NOT_LOADED\n');
  expect(ran.stdout).toContain('missing.txt: unknown, PROBLEM NO_SUCH_FILE\n');
  expect(ran.stdout).toMatch(/\n3 files: 1 read, 2 with a problem\n$/);
});

test.for([
  { name: 'no file', args: [], words: 'missing required argument' },
  { name: 'a kind that there is not', args: ['--kind', 'video', 'table.txt'], words: 'smi-table' },
])('$name is a mistake of the caller, told on stderr', ({ args, words }) => {
  const ran = inspect(args);
  expect(ran.code).not.toBe(0);
  expect(ran.stdout).toBe('');
  expect(ran.stderr).toContain(words);
});

describeWhere('captures', capturesFound, 'real outputs', () => {
  const root = process.env['TANGRAM_CAPTURES'] ?? '';

  test('all of them in one call are of the kinds that their index says', () => {
    const names = captures.map(({ file }) => file);
    expect(names.length).toBeGreaterThanOrEqual(300);
    const ran = inspect(['--json', ...names], { cwd: root });
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    expect(linesOf(ran).map(({ file, kind }) => ({ file, kind }))).toEqual(
      captures.map(({ file, kind }) => ({ file, kind })),
    );
    for (const { file, ok, value, problem } of linesOf(ran)) {
      expect({ file, ok, value: value === undefined }).toEqual({ file, ok, value: !ok });
      expect(problem === undefined, file).toBe(ok);
    }
  });

  test('a summary of each fits its problem or its kind', () => {
    const ran = inspect(
      captures.map(({ file }) => file),
      { cwd: root },
    );
    for (const { file, kind } of captures) expect(ran.stdout).toContain(`${file}: ${kind}`);
    expect(ran.stdout).toMatch(new RegExp(`\\n${captures.length} files: \\d+ read, \\d+ with`));
  });
});
