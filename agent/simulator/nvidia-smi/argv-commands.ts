import {
  invalidValue,
  option,
  readOptions,
  refuse,
  splitList,
  type Option,
} from './argv-options.ts';
import type { Parsed } from './command-line.ts';
import { migChanges, migListings, type MigCommand } from './mig-change.ts';
import { monitorLetters, type MonitorRequest } from './render-monitor.ts';

const migOptions: readonly Option[] = [
  option('help', 'nothing', '-h', '--help'),
  option('id', 'value', '-i', '--id'),
  option('gi', 'value', '-gi', '--gpu-instance-id'),
  option('ci', 'value', '-ci', '--compute-instance-id'),
  option('C', 'nothing', '-C', '--default-compute-instance'),
  option('lgip', 'nothing', '-lgip', '--list-gpu-instance-profiles'),
  option('lgipp', 'nothing', '-lgipp', '--list-gpu-instance-possible-placements'),
  option('lgi', 'nothing', '-lgi', '--list-gpu-instances'),
  option('lcip', 'nothing', '-lcip', '--list-compute-instance-profiles'),
  option('lcipp', 'nothing', '-lcipp', '--list-compute-instance-possible-placements'),
  option('lci', 'nothing', '-lci', '--list-compute-instances'),
  option('cgi', 'value', '-cgi', '--create-gpu-instance'),
  option('cci', 'optional', '-cci', '--create-compute-instance'),
  option('dgi', 'nothing', '-dgi', '--destroy-gpu-instance'),
  option('dci', 'nothing', '-dci', '--destroy-compute-instance'),
];

export function parseMig(argv: readonly string[]): Parsed {
  const read = readOptions(argv, migOptions, "nvidia-smi mig -h'.");
  if (!read.ok) return read;
  const given = read.given;
  const once = { selection: undefined, loop: undefined, file: undefined };
  const action = migAction(given);
  if (given.has('help') || action === undefined) {
    return { ok: true, value: { ...once, request: { kind: 'help-mig' } } };
  }
  const gpuInstances = numbers(given.get('gi'));
  const computeInstances = numbers(given.get('ci'));
  if (gpuInstances === 'bad' || computeInstances === 'bad') {
    return {
      ok: false,
      reply: invalidValue('-gi or -ci', given.get('gi') ?? given.get('ci') ?? ''),
    };
  }
  const selection = splitList(given.get('id'));
  const command: MigCommand = {
    action,
    selection,
    gpuInstances,
    computeInstances,
    withDefault: given.has('C'),
    tuples: splitList(given.get('cgi') ?? given.get('cci')) ?? [],
  };
  return { ok: true, value: { ...once, selection, request: { kind: 'mig', command } } };
}

function migAction(given: ReadonlyMap<string, string>): MigCommand['action'] | undefined {
  const change = migChanges.find((name) => given.has(name));
  if (change !== undefined) return { kind: 'change', change };
  const listing = migListings.find((name) => given.has(name));
  return listing === undefined ? undefined : { kind: 'list', listing };
}

export function parseTopo(argv: readonly string[]): Parsed {
  const wanted = argv.filter((word) => word !== '-m' && word !== '--matrix');
  if (wanted.length > 0 || argv.length === 0) {
    return refuse(
      `ERROR: Option ${wanted[0] ?? ''} is not recognized. Please run 'nvidia-smi topo -h'.`,
    );
  }
  const once = { selection: undefined, loop: undefined, file: undefined };
  return { ok: true, value: { ...once, request: { kind: 'topology' } } };
}

const nvlinkOptions: readonly Option[] = [
  option('id', 'value', '-i', '--id'),
  option('status', 'nothing', '-s', '--status'),
  option('capabilities', 'nothing', '-c', '--capabilities'),
  option('errors', 'nothing', '-e', '--errorcounters'),
];

export function parseNvlink(argv: readonly string[]): Parsed {
  const read = readOptions(argv, nvlinkOptions, "nvidia-smi nvlink -h'.");
  if (!read.ok) return read;
  const { given } = read;
  const what = (['status', 'capabilities', 'errors'] as const).find((each) => given.has(each));
  if (what === undefined) {
    return refuse("ERROR: nvlink needs one of -s, -c, -e. Please run 'nvidia-smi nvlink -h'.");
  }
  const selection = splitList(given.get('id'));
  const request = { kind: 'nvlink', what } as const;
  return { ok: true, value: { request, selection, loop: undefined, file: undefined } };
}

const monitorOptions: readonly Option[] = [
  option('id', 'value', '-i', '--id'),
  option('delay', 'value', '-d', '--delay'),
  option('count', 'value', '-c', '--count'),
  option('select', 'value', '-s', '--select'),
  option('options', 'value', '-o', '--options'),
  option('file', 'value', '-f', '--filename'),
];
const monitorDelayMaxSeconds = 10;

export function parseMonitor(of: MonitorRequest['of'], argv: readonly string[]): Parsed {
  const name = of === 'devices' ? 'dmon' : 'pmon';
  const read = readOptions(argv, monitorOptions, `nvidia-smi ${name} -h'.`);
  if (!read.ok) return read;
  const { given } = read;
  const select = given.get('select') ?? (of === 'devices' ? 'puc' : 'u');
  const extra = given.get('options') ?? '';
  const delay = Number(given.get('delay') ?? 1);
  const samples = Number(given.get('count') ?? Infinity);
  const wrong =
    select.split('').some((letter) => !monitorLetters[of].includes(letter)) ||
    extra.split('').some((letter) => !'DT'.includes(letter)) ||
    !(Number.isInteger(delay) && delay >= 1 && delay <= monitorDelayMaxSeconds) ||
    !(samples === Infinity || (Number.isInteger(samples) && samples >= 1));
  if (wrong)
    return { ok: false, reply: { lines: ['Failed to process command line '], exitCode: 255 } };
  const request = {
    kind: 'monitor',
    of,
    select,
    withDate: extra.includes('D'),
    withTime: extra.includes('T'),
  } as const;
  const loop = { periodMs: delay * 1_000, samples };
  const selection = splitList(given.get('id'));
  return { ok: true, value: { request, selection, loop, file: given.get('file') } };
}

function numbers(text: string | undefined): readonly number[] | undefined | 'bad' {
  const words = splitList(text);
  if (words === undefined) return undefined;
  return words.every((word) => /^\d{1,3}$/.test(word)) ? words.map(Number) : 'bad';
}
