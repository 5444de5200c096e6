import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runDcgmi } from '../../../../agent/simulator/dcgmi/program.ts';
import { describeWhere, realCaptures } from '../../../setup/needs.ts';
import { openSimHost, uuidsIn, type SimHost } from './harness.ts';

const captures = process.env['TANGRAM_CAPTURES'] ?? '';

let host: SimHost;
let half: string;
let cpuTicks: number;
beforeEach(async () => {
  half = '';
  cpuTicks = 100_000;
  host = await openSimHost('2xA100-40GB');
});
afterEach(() => host.close());

function inject(...lines: readonly string[]): void {
  writeFileSync(join(host.directory, 'faults'), `${lines.join('\n')}\n`);
}

async function dcgmi(...argv: readonly string[]): Promise<{ out: string; exitCode: number }> {
  return host.run(argv, { clock: moving() }, runDcgmi);
}

/** Sleeping moves the host's time, and the work of the process; nobody waits. */
function moving() {
  return {
    wallMs: () => host.wallMs,
    monotonicMs: () => host.wallMs,
    sleep: async (ms: number) => {
      host.wallMs += ms;
      cpuTicks += ms / 10;
      if (half !== '') work();
      return Promise.resolve();
    },
  };
}

/** The process keeps one core busy. */
function work(): void {
  const environment = { CUDA_VISIBLE_DEVICES: half };
  host.put({ pid: 42, command: ['serve'], cpuTicks, startTicks: 0, environment });
}

/** Cuts the first card into a half and a seventh, with a process on the half. */
async function cut(): Promise<void> {
  await host.smi('-i', '0', '-mig', '1');
  await host.smi('mig', '-i', '0', '-cgi', '9:0,19:6', '-C');
  half = uuidsIn((await host.smi('-L')).out)[1] ?? '';
  work();
}

test('discovery -c numbers cards, instances and compute instances by itself', async () => {
  await cut();
  const uuid = uuidsIn((await host.smi('-L')).out)[0] ?? '';
  expect((await dcgmi('discovery', '-c')).out).toBe(
    [
      '+-------------------+--------------------------------------------------------------------+',
      '| Instance Hierarchy                                                                     |',
      '+===================+====================================================================+',
      `| GPU 0             | GPU ${uuid} (EntityID: 0)         |`,
      '| -> I 0/1          | GPU Instance (EntityID: 0)                                         |',
      '|    -> CI 0/1/0    | Compute Instance (EntityID: 0)                                     |',
      '| -> I 0/13         | GPU Instance (EntityID: 1)                                         |',
      '|    -> CI 0/13/0   | Compute Instance (EntityID: 1)                                     |',
      '+-------------------+--------------------------------------------------------------------+',
      '',
    ].join('\n'),
  );
});

describe('dmon', () => {
  const rows = (out: string): readonly string[] =>
    out
      .split('\n')
      .filter((line) => line.startsWith('GPU'))
      .map((line) => line.trim().replaceAll(/ +/g, ' '));

  test('ratios per card and slice from the same load, after two samples of nothing', async () => {
    await cut();
    const { out, exitCode } = await dcgmi(
      'dmon',
      '-e',
      '1001,1005,252,203',
      '-g',
      'all_entities',
      '-c',
      '3',
    );
    expect(exitCode).toBe(0);
    expect(out.split('\n').slice(0, 2)).toEqual([
      '#Entity   GRACT        DRAMA        FBUSD             GPUTL             ',
      'ID                                                                      ',
    ]);
    // The GPU's own utilisation is not there under MIG, and not for a slice at all.
    expect(rows(out).slice(0, 6)).toEqual([
      'GPU 0 N/A N/A 328 N/A',
      'GPU-I 0 N/A N/A 319 N/A',
      'GPU-CI 0 N/A N/A 319 N/A',
      'GPU-I 1 N/A N/A 9 N/A',
      'GPU-CI 1 N/A N/A 9 N/A',
      'GPU 1 N/A N/A 0 0',
    ]);
    expect(rows(out).slice(12)).toEqual([
      'GPU 0 0.389 0.156 328 N/A',
      'GPU-I 0 1.000 0.400 319 N/A',
      'GPU-CI 0 1.000 0.400 319 N/A',
      'GPU-I 1 0.000 0.000 9 N/A',
      'GPU-CI 1 0.000 0.000 9 N/A',
      'GPU 1 0.000 0.000 0 0',
    ]);
  });

  test.for([
    { named: '1', seen: ['GPU 1'] },
    { named: 'i:1,0', seen: ['GPU 0', 'GPU-I 1'] },
    { named: '0/13/0', seen: ['GPU-CI 1'] },
    { named: 'ci:0,instance:0', seen: ['GPU-I 0', 'GPU-CI 0'] },
  ])('-i $named prints $seen', async ({ named, seen }) => {
    await cut();
    const { out } = await dcgmi('dmon', '-e', '252', '-c', '1', '-i', named);
    expect(rows(out).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(seen);
  });

  test('the header comes again after 15 samples, then after 14', async () => {
    const { out } = await dcgmi('dmon', '-e', '150', '-i', '0', '-c', '30');
    const headers = out.split('\n').flatMap((line, at) => (line.startsWith('#') ? [at] : []));
    expect(headers).toEqual([0, 17, 33]);
  });

  test.for([
    { argv: ['dmon'], out: /^Either field group ID or a list of field IDs/, exitCode: 255 },
    { argv: ['dmon', '-e', '1001,7'], out: /Unknown field ID: 7/, exitCode: 255 },
    { argv: ['dmon', '-e', '150', '-g', '9'], out: /The Group is not found/, exitCode: 255 },
    { argv: ['dmon', '-e', '150', '-i', 'i:0'], out: /Invalid entity: i:0/, exitCode: 255 },
    { argv: ['dmon', '-e', '150', '-c', 'x'], out: /-d MILLISECONDS and -c COUNT/, exitCode: 1 },
    { argv: ['pray'], out: /^Error: dcgmi needs/, exitCode: 1 },
  ])('$argv is refused', async ({ argv, out, exitCode }) => {
    const said = await dcgmi(...argv);
    expect(said.exitCode).toBe(exitCode);
    expect(said.out).toMatch(out);
  });

  test('a stalled, failing or dying loop', async () => {
    inject('loop-errors');
    expect(rows((await dcgmi('dmon', '-e', '150', '-i', '0', '-c', '2')).out)).toEqual([
      'GPU 0 30',
      'GPU 0 N/A',
    ]);
    inject('loop-die');
    expect(await dcgmi('dmon', '-e', '150', '-i', '0')).toMatchObject({ exitCode: 255 });
  });

  test('the last Xid is remembered', async () => {
    await host.smi('--sim-fault', 'xid=1:79');
    expect(rows((await dcgmi('dmon', '-e', '230', '-c', '1')).out)).toEqual([
      'GPU 0 0',
      'GPU 1 79',
    ]);
  });
});

describe('health', () => {
  test('must be set first, then tells what it sees, as text and as JSON', async () => {
    expect(await dcgmi('health', '-c')).toEqual({
      out: 'Error: Health watches not enabled. Please enable watches. \n',
      err: '',
      exitCode: 255,
    });
    expect((await dcgmi('health', '-g', '0', '-s', 'a')).out).toBe(
      'Health monitor systems set successfully.\n',
    );
    expect((await dcgmi('health', '-f')).out).toContain('| Thermal         | On ');
    expect((await dcgmi('health', '-c')).out).toBe(
      [
        '+---------------------------+----------------------------------------------------------+',
        '| Health Monitor Report                                                                |',
        '+===========================+==========================================================+',
        '| Overall Health            | Healthy                                                  |',
        '+---------------------------+----------------------------------------------------------+',
        '',
      ].join('\n'),
    );
    inject('ecc=1:2', 'thermal=0');
    const { out } = await dcgmi('health', '-c');
    expect(out).toContain('| Overall Health            | Failure ');
    expect(out).toContain('| -> 1                      | Failure ');
    expect(out).toContain('|       -> Memory system    | Failure ');
    expect(out).toContain('Detected 2 volatile double-bit ECC error(s) in GPU 1.');
    expect(out).toContain('|       -> Thermal system   | Warning ');
    const json: unknown = JSON.parse((await dcgmi('health', '-c', '-j')).out);
    expect(json).toMatchObject({
      header: ['Health Monitor Report'],
      body: {
        'Overall Health': { value: 'Failure' },
        GPU: { children: { 1: { value: 'Failure' } } },
      },
    });
    await dcgmi('health', '-s', 'p');
    expect((await dcgmi('health', '-c')).out).toContain('| Healthy');
  });
});

describe('the host engine', () => {
  const away =
    'Error: unable to establish a connection to the specified host: localhost\n' +
    'Error: Unable to connect to host engine. Host engine connection invalid/disconnected.\n';

  test('is away on request, but for what needs none', async () => {
    inject('dcgm-down');
    expect(await dcgmi('discovery', '-l')).toMatchObject({ out: away, exitCode: 235 });
    expect((await dcgmi('-v')).out).toMatch(/^Version : 3\./);
    expect((await dcgmi('dmon', '-l')).out).toContain('gr_engine_active');
  });

  test('holds the cards until it is stopped', async () => {
    await cut();
    host.remove(42);
    inject('dcgm-holds');
    const inUse = 'In use by another client';
    expect((await host.smi('mig', '-dci', '-i', '0')).out).toContain(inUse);
    expect((await host.smi('-i', '1', '-mig', '1')).out).toContain(inUse);
    expect((await dcgmi('--sim-hostengine', 'stop')).out).toBe('host engine: stopped\n');
    expect((await dcgmi('discovery', '-l')).out).toBe(away);
    expect((await host.smi('mig', '-dci', '-i', '0')).exitCode).toBe(0);
    await dcgmi('--sim-hostengine', 'start');
    expect((await host.smi('mig', '-dgi', '-i', '0')).out).toContain(inUse);
  });
});

describeWhere('captures', realCaptures, 'as the real tool', () => {
  const captured = (file: string): readonly string[] =>
    readFileSync(join(captures, 'dcgm', file), 'utf8')
      .trimEnd()
      .split('\n');
  const masked = (lines: readonly string[]): readonly string[] =>
    lines.map((line) =>
      line
        .replace(/GPU-[0-9a-f-]{36}/, 'UUID')
        .replace(/Bus ID: \S+/, 'Bus ID: X')
        .replace(/Name: NVIDIA [\w- ]{2,40}\|/, 'Name: X |'),
    );

  test('discovery -l', async () => {
    host.close();
    host = await openSimHost('8xH100-80GB');
    const said = (await dcgmi('discovery', '-l')).out.trimEnd().split('\n');
    const real = captured('llma-discovery-l-h800.txt');
    expect(masked(said).length).toBe(real.length);
    expect(masked(said).map((line) => line.slice(0, 18))).toEqual(
      masked(real).map((line) => line.slice(0, 18)),
    );
    expect(said.map((line) => line.length)).toEqual(real.map((line) => line.length));
  });

  test('dmon -e 1011,1012,1009,1010 -c 5', async () => {
    const said = (await dcgmi('dmon', '-i', '0', '-e', '1011,1012,1009,1010', '-c', '5')).out
      .trimEnd()
      .split('\n');
    const real = captured('llma-dmon-nvlink-pcie-c5.txt');
    // The last column lost some of its blanks in the transcript.
    const trimmed = (lines: readonly string[]): readonly string[] =>
      lines.slice(0, 4).map((line) => line.trimEnd());
    expect(trimmed(said)).toEqual(trimmed(real));
    expect(said.slice(4).map((line) => line.indexOf('0', 10))).toEqual([10, 10, 10]);
    expect(said.length).toBe(real.length);
  });

  test('dmon -l offers no field that DCGM does not have', async () => {
    const names = (lines: readonly string[]): readonly string[] =>
      lines.slice(3).map((line) => line.trim().replaceAll(/ +/g, ' '));
    const said = (await dcgmi('dmon', '-l')).out.trimEnd().split('\n');
    const real = captured('llma-dmon-l-fields.txt');
    expect(said.slice(0, 3)).toEqual(
      real.slice(0, 3).map((line, at) => (at === 1 ? said[1] : line)),
    );
    expect(names(said).filter((name) => !names(real).includes(name))).toEqual([]);
  });

  test('group -l', async () => {
    host.close();
    host = await openSimHost('8xH100-80GB');
    expect((await dcgmi('group', '-l')).out.trimEnd().split('\n')).toEqual(
      captured('llma-group-l.txt'),
    );
  });
});
