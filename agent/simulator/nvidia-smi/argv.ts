import type { ComputeMode } from './state.ts';
import { migChanges, migListings, type MigCommand } from './mig-change.ts';
import type { ModeCommand } from './mode-change.ts';
import type { Reply } from './reply.ts';

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'table' }
  | { readonly kind: 'list' }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'help-query'; readonly topic: 'gpu' | 'compute-apps' }
  | { readonly kind: 'help-mig' }
  | {
      readonly kind: 'query';
      readonly xml: boolean;
      readonly display: readonly string[] | undefined;
    }
  | { readonly kind: 'csv'; readonly topic: 'gpu' | 'compute-apps'; readonly csv: CsvOptions }
  | { readonly kind: 'topology' }
  | { readonly kind: 'modes'; readonly command: ModeCommand }
  | { readonly kind: 'mig'; readonly command: MigCommand };

export interface CsvOptions {
  readonly fields: readonly string[];
  readonly header: boolean;
  readonly units: boolean;
}

export interface CommandLine {
  readonly request: Request;
  readonly selection: readonly string[] | undefined;
  /** undefined: once. */
  readonly loopMs: number | undefined;
  readonly file: string | undefined;
}

export type Parsed =
  | { readonly ok: true; readonly value: CommandLine }
  | { readonly ok: false; readonly reply: Reply };

/** Each option with all its spellings. `value`: it needs one; `optional`: it may have one. */
interface Option {
  readonly key: string;
  readonly names: readonly string[];
  readonly takes: 'nothing' | 'value' | 'optional';
}

const mainOptions: readonly Option[] = [
  option('list', 'nothing', '-L', '--list-gpus'),
  option('query', 'nothing', '-q', '--query'),
  option('xml', 'nothing', '-x', '--xml-format'),
  option('dtd', 'nothing', '--dtd'),
  option('id', 'value', '-i', '--id'),
  option('display', 'value', '-d', '--display'),
  option('loop', 'optional', '-l', '--loop'),
  option('loopMs', 'optional', '-lms', '--loop-ms'),
  option('file', 'value', '-f', '--filename'),
  option('queryGpu', 'value', '--query-gpu'),
  option('queryApps', 'value', '--query-compute-apps'),
  option('format', 'value', '--format'),
  option('helpGpu', 'nothing', '--help-query-gpu'),
  option('helpApps', 'nothing', '--help-query-compute-apps'),
  option('version', 'nothing', '--version'),
  option('help', 'nothing', '-h', '--help'),
  option('mig', 'value', '-mig', '--multi-instance-gpu'),
  option('persistence', 'value', '-pm', '--persistence-mode'),
  option('compute', 'value', '-c', '--compute-mode'),
  option('reset', 'nothing', '-r', '--gpu-reset'),
];

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

/** What a loop option without a value means. */
const loopDefaultMs = 5_000;
const loopMsMin = 1;
const loopMsMax = 24 * 3_600_000;

/** Parses everything after the simulator's own flags. */
export function parseArgv(argv: readonly string[]): Parsed {
  if (argv[0] === 'mig') return parseMig(argv.slice(1));
  if (argv[0] === 'topo') return parseTopo(argv.slice(1));
  const read = readOptions(argv, mainOptions, "nvidia-smi -h'.");
  if (!read.ok) return read;
  const given = read.given;
  const loop = parseLoop(given);
  if (loop === 'bad') return refuse('Option for --loop is not a valid number of seconds.');
  const request = mainRequest(given);
  if ('exitCode' in request) return { ok: false, reply: request };
  const selection = splitList(given.get('id'));
  if (request.kind === 'list' && selection !== undefined) {
    return refuse(
      "ERROR: Option -i is not valid for this command. Please run 'nvidia-smi -h' for help.",
    );
  }
  return { ok: true, value: { request, selection, loopMs: loop, file: given.get('file') } };
}

function mainRequest(given: ReadonlyMap<string, string>): Request | Reply {
  if (given.has('help')) return { kind: 'help' };
  if (given.has('version')) return { kind: 'version' };
  if (given.has('helpGpu')) return { kind: 'help-query', topic: 'gpu' };
  if (given.has('helpApps')) return { kind: 'help-query', topic: 'compute-apps' };
  const mode = modeRequest(given);
  if (mode !== undefined) return mode;
  if (given.has('list')) return { kind: 'list' };
  const fields = given.get('queryGpu') ?? given.get('queryApps');
  if (fields !== undefined) {
    const topic = given.has('queryGpu') ? 'gpu' : 'compute-apps';
    return csvRequest(topic, fields, given.get('format'));
  }
  if (given.has('query') || given.has('xml')) {
    const display = splitList(given.get('display'));
    return { kind: 'query', xml: given.has('xml'), display };
  }
  return { kind: 'table' };
}

function modeRequest(given: ReadonlyMap<string, string>): Request | Reply | undefined {
  for (const kind of ['mig', 'persistence'] as const) {
    const text = given.get(kind);
    if (text === undefined) continue;
    const enabled = onOff(text);
    if (enabled === undefined) return invalidValue(kind === 'mig' ? '-mig' : '-pm', text);
    return { kind: 'modes', command: { kind, enabled } };
  }
  const compute = given.get('compute');
  if (compute !== undefined) {
    const mode = computeModeNamed(compute);
    if (mode === undefined) return invalidValue('-c', compute);
    return { kind: 'modes', command: { kind: 'compute', mode } };
  }
  return given.has('reset') ? { kind: 'modes', command: { kind: 'reset' } } : undefined;
}

function csvRequest(
  topic: 'gpu' | 'compute-apps',
  fields: string,
  format: string | undefined,
): Request | Reply {
  const words = splitList(format) ?? [];
  if (!words.includes('csv')) {
    return {
      lines: ['"--format=" switch is missing. Please run \'nvidia-smi -h\' for help.', ''],
      exitCode: 2,
    };
  }
  const unknown = words.find((word) => !['csv', 'noheader', 'nounits'].includes(word));
  if (unknown !== undefined) return invalidValue('--format', unknown);
  return {
    kind: 'csv',
    topic,
    csv: {
      fields: splitList(fields) ?? [],
      header: !words.includes('noheader'),
      units: !words.includes('nounits'),
    },
  };
}

function parseMig(argv: readonly string[]): Parsed {
  const read = readOptions(argv, migOptions, "nvidia-smi mig -h'.");
  if (!read.ok) return read;
  const given = read.given;
  const once = { selection: undefined, loopMs: undefined, file: undefined };
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

function parseTopo(argv: readonly string[]): Parsed {
  const wanted = argv.filter((word) => word !== '-m' && word !== '--matrix');
  if (wanted.length > 0 || argv.length === 0) {
    return refuse(
      `ERROR: Option ${wanted[0] ?? ''} is not recognized. Please run 'nvidia-smi topo -h'.`,
    );
  }
  const once = { selection: undefined, loopMs: undefined, file: undefined };
  return { ok: true, value: { ...once, request: { kind: 'topology' } } };
}

function readOptions(
  argv: readonly string[],
  options: readonly Option[],
  help: string,
):
  | { readonly ok: true; readonly given: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly reply: Reply } {
  const given = new Map<string, string>();
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const equals = word.startsWith('-') ? word.indexOf('=') : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    const found = options.find((each) => each.names.includes(name));
    if (found === undefined || (found.takes === 'nothing' && equals >= 0)) {
      const text = `ERROR: Option ${word} is not recognized. Please run '${help}`;
      return { ok: false, reply: { lines: [text, ''], exitCode: 255 } };
    }
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    const next = argv[at + 1];
    if (value === undefined && found.takes !== 'nothing' && next?.startsWith('-') === false) {
      value = next;
      at += 1;
    }
    if (value === undefined && found.takes === 'value') {
      const text = `ERROR: Option ${name} requires an argument. Please run '${help}`;
      return { ok: false, reply: { lines: [text, ''], exitCode: 2 } };
    }
    given.set(found.key, value ?? '');
  }
  return { ok: true, given };
}

function parseLoop(given: ReadonlyMap<string, string>): number | undefined | 'bad' {
  const text = given.get('loopMs') ?? given.get('loop');
  if (text === undefined) return undefined;
  if (text === '') return loopDefaultMs;
  const value = Number(text) * (given.has('loopMs') ? 1 : 1000);
  return Number.isInteger(value) && value >= loopMsMin && value <= loopMsMax ? value : 'bad';
}

function onOff(text: string): boolean | undefined {
  if (text === '1' || text.toUpperCase() === 'ENABLED') return true;
  return text === '0' || text.toUpperCase() === 'DISABLED' ? false : undefined;
}

function computeModeNamed(text: string): ComputeMode | undefined {
  switch (text.toUpperCase()) {
    case '0':
    case 'DEFAULT':
      return 'Default';
    case '1':
    case 'EXCLUSIVE_THREAD':
      return 'Exclusive_Thread';
    case '2':
    case 'PROHIBITED':
      return 'Prohibited';
    case '3':
    case 'EXCLUSIVE_PROCESS':
      return 'Exclusive_Process';
    default:
      return undefined;
  }
}

function splitList(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function numbers(text: string | undefined): readonly number[] | undefined | 'bad' {
  const words = splitList(text);
  if (words === undefined) return undefined;
  return words.every((word) => /^\d{1,3}$/.test(word)) ? words.map(Number) : 'bad';
}

function invalidValue(name: string, text: string): Reply {
  const line = `ERROR: Option ${name} has an invalid value ${JSON.stringify(text)}. Please run 'nvidia-smi -h'.`;
  return { lines: [line, ''], exitCode: 2 };
}

function refuse(line: string): Parsed {
  return { ok: false, reply: { lines: [line, ''], exitCode: 2 } };
}

function option(key: string, takes: Option['takes'], ...names: readonly string[]): Option {
  return { key, names, takes };
}
