import { afterEach, expect, test } from 'vitest';
import { parseArgv } from '../../../../agent/simulator/nvidia-smi/argv.ts';
import { openSimHost, type SimHost } from './harness.ts';

let open: SimHost | undefined;
afterEach(() => {
  open?.close();
  open = undefined;
});

test('reads every spelling of an option', () => {
  const want = parseArgv(['-i', '1', '--query-gpu=index', '--format=csv', '-lms', '500']);
  for (const argv of [
    ['--id=1', '--query-gpu', 'index', '--format', 'csv', '--loop-ms=500'],
    ['-i=1', '--query-gpu=index', '--format=csv', '-lms=500'],
  ]) {
    expect(parseArgv(argv)).toEqual(want);
  }
});

test.for([
  { argv: ['--bogus'], exitCode: 255, says: 'Option --bogus is not recognized' },
  { argv: ['mig', '--bogus'], exitCode: 255, says: 'Option --bogus is not recognized' },
  { argv: ['--query-gpu=index'], exitCode: 2, says: '"--format=" switch is missing' },
  { argv: ['--query-gpu=index', '--format=csv,x'], exitCode: 2, says: 'invalid value "x"' },
  { argv: ['-mig', 'maybe'], exitCode: 2, says: 'invalid value "maybe"' },
  { argv: ['-c', 'SHARED'], exitCode: 2, says: 'invalid value "SHARED"' },
  { argv: ['-i'], exitCode: 2, says: 'requires an argument' },
  { argv: ['-l', '0'], exitCode: 2, says: 'not a valid number of seconds' },
  { argv: ['mig', '-lci', '-gi', 'x'], exitCode: 2, says: 'invalid value "x"' },
  { argv: ['-q', '-d', 'WEATHER'], exitCode: 2, says: 'invalid value "WEATHER"' },
  { argv: ['-i', 'GPU-nobody', '-q'], exitCode: 6, says: 'No devices were found' },
])('refuses $argv on stdout with exit $exitCode', async ({ argv, exitCode, says }) => {
  open = await openSimHost('T4');
  const said = await open.smi(...argv);
  expect(said.exitCode).toBe(exitCode);
  expect(said.out).toContain(says);
  expect(said.err).toBe('');
});

test('selects cards by index, UUID and bus id', async () => {
  open = await openSimHost('3xL40S');
  const query = ['--query-gpu=index,uuid', '--format=csv,noheader'];
  const uuid = (await open.smi(...query)).out.split('\n')[2]?.split(', ')[1] ?? '';
  const picked = await open.smi('-i', `${uuid},0000:0f:00.0`, ...query);
  expect(picked.out.split('\n').map((row) => row.split(', ')[0])).toEqual(['1', '2', '']);
});

test.for([
  { argv: ['--sim-init', '3xZ9'], says: '"3xZ9" names no card we know' },
  { argv: ['--sim-init', 'T4', '--sim-driver', '12'], says: 'is no driver version' },
  { argv: ['--sim-init', 'T4,L4'], says: 'already simulates T4, not T4,L4, and keeps them' },
  { argv: ['--sim-fault', 'lost=3'], says: 'is no fault' },
  { argv: ['-L', '--sim-fault', 'none'], says: 'must come before the options of nvidia-smi' },
  { argv: ['--sim-fault'], says: '--sim-fault needs a value' },
])('complains of $argv on stderr', async ({ argv, says }) => {
  open = await openSimHost('T4');
  const said = await open.smi(...argv);
  expect(said.exitCode).toBeGreaterThan(0);
  expect(said.out).toBe('');
  expect(said.err).toContain(says);
});

test('creating the same cards again keeps them', async () => {
  open = await openSimHost('2xA100-40GB,L40S');
  const before = (await open.smi('-L')).out;
  expect(await open.smi('--sim-init', 'A100-40GB,A100-40GB,L40S')).toMatchObject({ exitCode: 0 });
  expect((await open.smi('-L')).out).toBe(before);
});

test('without a state directory or cards it says how to make them', async () => {
  open = await openSimHost('T4');
  const nowhere = await open.run(['-L'], { argv: ['-L'] });
  expect(nowhere.err).toBe(
    'nvidia-smi-sim: no state directory: set TANGRAM_SIM_STATE or begin with --sim-state DIR\n',
  );
  const empty = await open.run([], {
    argv: ['-L'],
    environment: { TANGRAM_SIM_STATE: `${open.directory}-x` },
  });
  expect(empty.err).toContain('create them with nvidia-smi-sim --sim-state DIR --sim-init');
});
