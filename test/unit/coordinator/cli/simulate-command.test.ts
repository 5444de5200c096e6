import { describe, expect, test } from 'vitest';
import type { CoordinatorClient } from '../../../../coordinator/cli/client.ts';
import { createProgram } from '../../../../coordinator/cli/program.ts';
import { runProgram } from '../../../../coordinator/cli/run.ts';
import { AppError } from '../../../../shared/platform/errors.ts';
import { nodeHeader, requestHeader, tickingClock } from '../simulate/traces.ts';

const lines = (...rows: readonly string[]): string => `${rows.join('\n')}\n`;
const requestRows = Array.from({ length: 10 }, (_, at) => `p${at},1000,64,1,1000,`);

const files: Readonly<Record<string, string>> = {
  'nodes.csv': lines(nodeHeader, 'n1,64000,65536,4,T4', 'n2,64000,65536,6,T4'),
  'openb_pod_list_small.csv': lines(requestHeader, ...requestRows),
  'bad.csv': lines(requestHeader, ...requestRows, 'p11,1000,64,1,2000,'),
  'published.csv': lines(
    'dataset,policy,metric,stat,at_100',
    'small,FGD,alloc_pct,mean,90',
    'other,FGD,alloc_pct,mean,90',
  ),
  'bounds.csv': lines('dataset,ub_at_100_mean', 'small,100'),
};

/** Runs `tangram` on a machine that has these files and no coordinator. */
async function tangram(argv: readonly string[]) {
  const ran = { code: 0, out: '', err: '', shown: 0, ended: 0 };
  const written = new Map<string, string>();
  const program = createProgram({
    version: '0.1.0',
    readContext: () => null,
    connect: (): CoordinatorClient => {
      throw new Error('a simulation asks no coordinator');
    },
    out: (text) => void (ran.out += text),
    note: (text) => void (ran.err += text),
    readManifest: () => {
      throw new Error('a simulation reads no manifest');
    },
    interactive: false,
    confirm: async () => false,
    host: {
      readBytes: (path) => {
        const text = files[path];
        if (text === undefined) throw new AppError('REQUEST_INVALID', `cannot read ${path}`);
        return Buffer.from(text);
      },
      checkWritable: (path) => {
        if (path.startsWith('/nowhere/')) {
          throw new AppError('REQUEST_INVALID', `cannot write ${path}`);
        }
      },
      writeText: (path, text) => void written.set(path, text),
      writePrivate: () => undefined,
      residentMib: () => 77,
      openProgress: () => ({
        show: () => void (ran.shown += 1),
        end: () => void (ran.ended += 1),
      }),
    },
    clock: tickingClock(),
    signal: new AbortController().signal,
    setExitCode: (code) => void (ran.code = code),
  });
  const failed = await runProgram(program, ['simulate', ...argv], (text) => void (ran.err += text));
  return { ...ran, code: failed ?? ran.code, written };
}

const small = ['--nodes', 'nodes.csv', '--requests', 'openb_pod_list_small.csv'];

test('--json is the runs and nothing else', async () => {
  const { code, out, err, ended } = await tangram([
    ...small,
    '--policy',
    'fgd',
    '--policy',
    'bestfit',
    '--seed',
    '1',
    '--seed',
    '2',
    '--json',
  ]);
  expect([code, err, ended]).toEqual([0, '', 1]);
  const run = (policy: string, seed: number) => ({
    policy,
    seed,
    allocatedPercent: { 100: 100, 110: 100, 130: 100 },
    fragmentPercent: { 50: 0, 100: 0 },
    decisions: 13,
    placed: 10,
    failed: 3,
    p50Us: expect.closeTo(3),
    p99Us: expect.closeTo(3),
    p999Us: expect.closeTo(3),
    rssMib: 77,
  });
  expect(JSON.parse(out)).toEqual({
    runs: [run('fgd', 1), run('fgd', 2), run('bestfit', 1), run('bestfit', 2)],
  });
});

test('the default is one run of tangram, in a table', async () => {
  const { code, out } = await tangram(small);
  expect(code).toBe(0);
  expect(out).toMatch(/^POLICY +SEEDS +ALLOC@100 .*\ntangram +1 +100\.00 .*\n$/);
});

test('a bin that is not reached is null, or a dash', async () => {
  const json = await tangram([...small, '--inflate', '1.05', '--json']);
  expect(JSON.parse(json.out)).toMatchObject({
    runs: [{ allocatedPercent: { 100: 100, 110: null, 130: null }, decisions: 10 }],
  });
});

test('churn tells what was accepted, with a progress on the way', async () => {
  const { out, shown } = await tangram([...small, '--churn', '0.5', '--json']);
  const [run] = (JSON.parse(out) as { readonly runs: readonly Record<string, unknown>[] }).runs;
  expect(run).toMatchObject({
    decisions: 30_000,
    allocatedPercent: { 100: null, 110: null, 130: null },
    acceptedGpuPercent: expect.any(Number),
  });
  expect(shown).toBeGreaterThan(100);
});

test('results stand beside published ones and a bound', async () => {
  const { out, err } = await tangram([
    ...small,
    '--compare',
    'published.csv',
    '--compare',
    'bounds.csv',
    '--policy',
    'fgd',
  ]);
  expect(err).toBe('');
  expect(out).toMatch(/fgd .* 90\.00 +\+10\.00 +90\.00 +\+10\.00 +100\.00 +100%\nsmall: /);
});

test('a plot is written', async () => {
  const { written, code } = await tangram([...small, '--plot', 'out.svg', '--policy', 'fgd']);
  expect(code).toBe(0);
  expect(written.get('out.svg')).toContain(
    '<title>small: allocated share against arrivals</title>',
  );
});

test('bad rows are left out only when asked', async () => {
  const files = ['--nodes', 'nodes.csv', '--requests', 'bad.csv'];
  expect(await tangram(files)).toMatchObject({
    code: 2,
    out: '',
    err: 'error: bad.csv: 1 of 11 rows are not usable: line 12: gpu_milli is "2000", not a whole number from 0 to 1000\nhint: mend them, or leave them out with --skip-bad\n',
  });
  expect(await tangram([...files, '--skip-bad'])).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^bad\.csv: left out 1 of 11 rows: line 12: /),
  });
});

describe('what is refused, with exit code 2 and before anything is run', () => {
  const cases: readonly { readonly argv: readonly string[]; readonly says: string }[] = [
    {
      argv: [...small, '--policy', 'smartest'],
      says: 'unknown policy "smartest"; known are tangram, fgd, bestfit, firstfit, worstfit, packing, clustering, dotprod, random',
    },
    { argv: [], says: 'nothing to simulate: --nodes is not given' },
    { argv: ['--nodes', 'nodes.csv'], says: 'nothing to simulate: --requests is not given' },
    { argv: ['--nodes', 'gone.csv', '--requests', 'x'], says: 'cannot read gone.csv' },
    { argv: [...small, '--seed', '-1'], says: 'Give a whole number from 0 to 2147483647.' },
    { argv: [...small, '--seed', '1.5'], says: 'Give a whole number from 0 to 2147483647.' },
    { argv: [...small, '--inflate', '0'], says: 'Give a number above 0, at most 10' },
    { argv: [...small, '--inflate', '1e9'], says: 'Give a number above 0, at most 10' },
    { argv: [...small, '--churn', 'NaN'], says: 'Give a number above 0, at most 10' },
    { argv: [...small, '--churn', '0.9', '--plot', 'x.svg'], says: 'cannot be used with' },
    { argv: [...small, '--churn', '0.9', '--inflate', '2'], says: 'cannot be used with' },
    { argv: [...small, '--plot', '/nowhere/x.svg'], says: 'cannot write /nowhere/x.svg' },
    {
      argv: [...small, '--compare', 'published.csv', '--dataset', 'mine'],
      says: 'published.csv says nothing of "mine"\nhint: say with --dataset which it is: other, small',
    },
  ];
  test.for(cases)('$argv', async ({ argv, says }) => {
    const { code, out, err, shown } = await tangram(argv);
    expect([code, out, shown]).toEqual([2, '', 0]);
    expect(err).toContain(says);
  });
});
