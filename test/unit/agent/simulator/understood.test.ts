import { afterEach, expect, test } from 'vitest';
import { inspectText } from '../../../../agent/formats/inspect.ts';
import { runDcgmi } from '../../../../agent/simulator/dcgmi/program.ts';
import { openSimHost, type SimHost } from './harness.ts';

/**
 * The simulator is written from captures, and so are the parsers, apart from each other: what the one says the
 * others must understand, in every dialect, with cards of different families in one host.
 */
const hosts = [
  { driver: '470.256.02', cards: 'A100-40GB,T4' },
  { driver: '535.161.08', cards: '2xA100-40GB,L40S' },
  { driver: '550.163.01', cards: '2xH100-80GB,A30,T4' },
  { driver: '580.105.08', cards: 'H100-80GB,RTX-PRO-6000' },
] as const;
const asked = [
  { kind: 'smi-list', argv: ['-L'] },
  { kind: 'smi-table', argv: [] },
  { kind: 'smi-q', argv: ['-q'] },
  { kind: 'xml', argv: ['-q', '-x'] },
  { kind: 'mig', argv: ['mig', '-lgip'] },
  { kind: 'mig', argv: ['mig', '-lgipp'] },
  { kind: 'mig', argv: ['mig', '-lgi'] },
  { kind: 'mig', argv: ['mig', '-lci'] },
  { kind: 'mig', argv: ['mig', '-lcip'] },
  { kind: 'topo', argv: ['topo', '-m'] },
  { kind: 'nvlink', argv: ['nvlink', '-s'] },
  { kind: 'nvlink', argv: ['nvlink', '-e'] },
  { kind: 'dmon-pmon', argv: ['dmon', '-c', '1', '-s', 'pucvmet', '-o', 'DT'] },
  { kind: 'dmon-pmon', argv: ['pmon', '-c', '1', '-s', 'um'] },
  { kind: 'smi-version', argv: ['--version'] },
] as const;
const askedOfDcgm = [
  ['discovery', '-l'],
  ['discovery', '-c'],
  ['dmon', '-e', '1001,150,155', '-g', 'all_entities', '-c', '1'],
  ['dmon', '-l'],
  ['group', '-l'],
  ['health', '-c'],
  ['health', '-c', '-j'],
] as const;

let host: SimHost | undefined;
afterEach(() => host?.close());

test.for(hosts)('what the tools of $driver say is understood', async ({ driver, cards }) => {
  host = await openSimHost(cards, driver);
  await host.smi('-i', '0', '-mig', '1');
  await host.smi('mig', '-i', '0', '-cgi', '9,19', '-C');
  for (const { kind, argv } of asked) {
    const { out } = await host.smi(...argv);
    expect({ argv, ...inspectText({ file: 'saved.txt', text: out, kind }) }).toMatchObject({
      argv,
      ok: true,
    });
  }
  await host.run(['health', '-s', 'a'], {}, runDcgmi);
  for (const argv of askedOfDcgm) {
    const { out } = await host.run(argv, {}, runDcgmi);
    expect({ argv, ...inspectText({ file: 'saved.txt', text: out }) }).toMatchObject({
      argv,
      ok: true,
      kind: 'dcgm',
    });
  }
});
