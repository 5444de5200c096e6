import { parseMig, parseMonitor, parseNvlink, parseTopo } from './argv-commands.ts';
import {
  invalidValue,
  option,
  readOptions,
  refuse,
  splitList,
  type Option,
} from './argv-options.ts';
import type { Loop, Parsed, Request } from './command-line.ts';
import type { Reply } from './reply.ts';
import type { ComputeMode } from './state.ts';

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
  option('power', 'value', '-pl', '--power-limit'),
  option('reset', 'optional', '-r', '--gpu-reset'),
];

/** What a loop option without a value means. */
const loopDefaultMs = 5_000;
const loopMsMin = 1;
const loopMsMax = 24 * 3_600_000;

/** Parses everything after the simulator's own flags. */
export function parseArgv(argv: readonly string[]): Parsed {
  if (argv[0] === 'mig') return parseMig(argv.slice(1));
  if (argv[0] === 'topo') return parseTopo(argv.slice(1));
  if (argv[0] === 'nvlink') return parseNvlink(argv.slice(1));
  if (argv[0] === 'dmon') return parseMonitor('devices', argv.slice(1));
  if (argv[0] === 'pmon') return parseMonitor('processes', argv.slice(1));
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
  return { ok: true, value: { request, selection, loop, file: given.get('file') } };
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
  const power = given.get('power');
  if (power !== undefined) {
    const watts = Number(power);
    if (power === '' || !Number.isFinite(watts)) return invalidValue('-pl', power);
    return { kind: 'modes', command: { kind: 'power-limit', watts } };
  }
  if (!given.has('reset')) return undefined;
  const how = given.get('reset') ?? '';
  // A bus reset is told apart from a function-level one by newer drivers only.
  if (how !== '' && how !== 'bus') return invalidValue('-r', how);
  return { kind: 'modes', command: { kind: 'reset' } };
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

function parseLoop(given: ReadonlyMap<string, string>): Loop | undefined | 'bad' {
  const text = given.get('loopMs') ?? given.get('loop');
  if (text === undefined) return undefined;
  if (text === '') return { periodMs: loopDefaultMs, samples: Infinity };
  const periodMs = Number(text) * (given.has('loopMs') ? 1 : 1000);
  const good = Number.isInteger(periodMs) && periodMs >= loopMsMin && periodMs <= loopMsMax;
  return good ? { periodMs, samples: Infinity } : 'bad';
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
