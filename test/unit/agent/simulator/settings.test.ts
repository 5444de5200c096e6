import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSimHost, uuidsIn, type SimHost } from './harness.ts';

let host: SimHost;
beforeEach(async () => {
  host = await openSimHost('2xA100-40GB,L40S');
});
afterEach(() => host.close());

const first = '00000000:07:00.0';

async function cell(field: string, index = '0'): Promise<string> {
  const argv = ['-i', index, `--query-gpu=${field}`, '--format=csv,noheader'];
  return (await host.smi(...argv)).out.trim();
}

test.for([
  { mode: 'EXCLUSIVE_PROCESS', told: 'Exclusive_Process' },
  { mode: '3', told: 'Exclusive_Process' },
  { mode: 'prohibited', told: 'Prohibited' },
])('compute mode $mode is set, said again, and told', async ({ mode, told }) => {
  const word = told.toUpperCase();
  expect((await host.smi('-i', '0', '-c', mode)).out).toBe(
    `Set compute mode to ${word} for GPU ${first}.\nAll done.\n`,
  );
  expect((await host.smi('-i', '0', '-c', mode)).out).toBe(
    `Compute mode is already set to ${word} for GPU ${first}.\nAll done.\n`,
  );
  expect(await cell('compute_mode')).toBe(told);
});

test('under MIG no exclusive mode is taken', async () => {
  await host.smi('-i', '0', '-mig', '1');
  expect(await host.smi('-i', '0', '-c', 'EXCLUSIVE_PROCESS')).toMatchObject({
    out:
      'Setting compute mode to EXCLUSIVE_PROCESS is not supported on a MIG-enabled device.\n' +
      'Treating as warning and moving on.\nAll done.\n',
    exitCode: 0,
  });
  expect(await cell('compute_mode')).toBe('Default');
});

test('the exclusive mode of threads is gone', async () => {
  expect(await host.smi('-i', '0', '-c', '1')).toMatchObject({
    out: expect.stringContaining('Exclusive_Thread was deprecated!') as string,
    exitCode: 2,
  });
});

test('a power limit within bounds is set, and one outside changes nothing', async () => {
  expect((await host.smi('-i', '0', '-pl', '250')).out).toBe(
    `Power limit for GPU ${first} was set to 250.00 W from 400.00 W.\nAll done.\n`,
  );
  expect(await cell('power.limit')).toBe('250.00 W');
  expect(await cell('power.default_limit')).toBe('400.00 W');
  expect(await host.smi('-i', '0', '-pl', '10')).toMatchObject({
    out:
      `Provided power limit 10.00 W is not a valid power limit which should be between 100.00 W and 400.00 W for GPU ${first}\n` +
      'Terminating early due to previous errors.\n',
    exitCode: 2,
  });
  expect((await host.smi('-pl', 'much')).exitCode).toBe(2);
  await host.smi('--sim-reboot');
  expect(await cell('power.limit')).toBe('400.00 W');
});

test('a reset is refused for the cards that are in use, and done for the others', async () => {
  const uuids = uuidsIn((await host.smi('-L')).out);
  for (const [at, uuid] of [uuids[0], uuids[1]].entries()) {
    host.put({
      pid: 50 + at,
      command: ['serve'],
      environment: { CUDA_VISIBLE_DEVICES: uuid ?? '' },
    });
  }
  const said = await host.smi('--gpu-reset');
  expect(said.exitCode).toBe(255);
  expect(said.out.split('\n').slice(0, 5)).toEqual([
    'GPU 00000000:47:00.0 was successfully reset.',
    'The following GPUs could not be reset:',
    `  GPU ${first}: In use by another client`,
    '  GPU 00000000:0F:00.0: In use by another client',
    '',
  ]);
  expect(said.out).toContain('2 devices are currently being used');
  expect(said.out).toContain('all processes using these devices and');
});

test('nvlink tells speed, capabilities and errors, and who has no links', async () => {
  const links = async (option: string, index: string): Promise<readonly string[]> =>
    (await host.smi('nvlink', option, '-i', index)).out.trimEnd().split('\n').slice(1);
  expect(await links('-s', '0')).toHaveLength(12);
  expect((await links('-s', '0'))[11]).toBe('\t Link 11: 25 GB/s');
  expect((await links('-c', '0'))[0]).toBe('\t Link 0, P2P is supported: true');
  expect((await links('-e', '0')).slice(0, 3)).toEqual([
    '\t Link 0: Replay Errors: 0',
    '\t Link 0: Recovery Errors: 0',
    '\t Link 0: CRC Errors: 0',
  ]);
  expect(await links('-s', '2')).toEqual([
    'NVML: Unable to retrieve NVLink information as all links are inActive',
  ]);
  expect((await host.smi('nvlink')).exitCode).toBe(2);
});

test.for([
  ['dmon', '-s', 'x'],
  ['dmon', '-d', '11'],
  ['dmon', '-c', '0'],
  ['dmon', '-o', 'X'],
  ['pmon', '-s', 'p'],
])('%j is refused as the tool refuses it', async (argv) => {
  expect(await host.smi(...argv)).toMatchObject({
    out: 'Failed to process command line \n',
    exitCode: 255,
  });
});

test('dmon repeats its headers, and columns come in the order of -s', async () => {
  const clock = {
    wallMs: () => host.wallMs,
    monotonicMs: () => host.wallMs,
    sleep: async (ms: number) => {
      host.wallMs += ms;
      return Promise.resolve();
    },
  };
  const said = await host.run(['dmon', '-i', '2', '-c', '21', '-s', 'cu'], { clock });
  const headers = said.out
    .split('\n')
    .flatMap((line, at) => (line.startsWith('# gpu') ? [at] : []));
  expect(headers).toEqual([0, 22]);
  expect(said.out.split('\n')[0]).toMatch(/^# gpu {3}mclk {3}pclk {5}sm {4}mem/);
});

test('pmon of an older driver has narrow columns and no newer engines', async () => {
  await host.smi('--sim-init', '2xA100-40GB,L40S', '--sim-driver', '470.256.02');
  expect(
    (await host.smi('pmon', '-c', '1', '-i', '0', '-s', 'um')).out.split('\n').slice(0, 3),
  ).toEqual([
    '# gpu        pid  type    sm   mem   enc   dec    fb   command',
    '# Idx          #   C/G     %     %     %     %    MB   name',
    '    0          -     -     -     -     -     -     -   -              ',
  ]);
});
