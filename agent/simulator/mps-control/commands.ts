import { ok, err, type Result } from '../../../shared/domain/result.ts';

/** A process that talks to the daemon's server, found in `/proc`. */
export interface MpsClient {
  readonly pid: number;
  readonly uid: number;
  readonly name: string;
}

/** What `get_server_status` says. In a fault the server takes no new client until all it had have ended. */
export type MpsStatus = 'INITIALIZING' | 'ACTIVE' | 'FAULT';

/** A running server with its clients. There is at most one: one user at a time, as in the real daemon. */
export interface MpsServer {
  readonly pid: number;
  readonly uid: number;
  readonly status: MpsStatus;
  readonly activeThreadPercentage: number;
  /** As in `MpsDefaults`; it begins as a copy of those. */
  readonly pinnedMemory: ReadonlyMap<string, string>;
  readonly clients: readonly MpsClient[];
}

/** What the daemon remembers between commands. */
export interface MpsDefaults {
  readonly activeThreadPercentage: number;
  /** As text per device, the last set wins; devices are not validated. */
  readonly pinnedMemory: ReadonlyMap<string, string>;
  /** 0 normal, 1 below normal. */
  readonly clientPriority: number;
}

export interface MpsWorld {
  /** 550 of 550.163.01: older daemons know fewer commands. */
  readonly major: number;
  readonly server: MpsServer | undefined;
  readonly defaults: MpsDefaults;
  /** What the daemon was started for: a UUID, or an ordinal. */
  readonly gpu: string;
  /** The card behind it, where the simulated host is known. */
  readonly card: { readonly name: string; readonly busId: string } | undefined;
}

/** What a command does besides answering. */
export type MpsEffect =
  | { readonly kind: 'none' }
  | { readonly kind: 'defaults'; readonly defaults: MpsDefaults }
  | { readonly kind: 'server-percentage'; readonly percentage: number }
  | { readonly kind: 'server-pinned'; readonly pinnedMemory: ReadonlyMap<string, string> }
  | { readonly kind: 'start-server'; readonly uid: number }
  | { readonly kind: 'stop-server' }
  | { readonly kind: 'terminate'; readonly pid: number }
  | { readonly kind: 'quit'; readonly waitMs: number | undefined };

export interface MpsAnswer {
  /** Goes to the caller and into control.log. */
  readonly lines: readonly string[];
  /** Goes into control.log only. */
  readonly logged: readonly string[];
  readonly effect: MpsEffect;
}

const none: MpsEffect = { kind: 'none' };
const pinnedPattern = /^(\d+)([GM])?$/i;
/** The host's own pid namespace, as the kernel numbers it. */
const namespaceId = '4026531836';
const bytesPerMib = 1024 * 1024;

/** The first driver of each command that not every daemon knows. 470 and 550 were tried; between them is a guess. */
const since: Readonly<Record<string, number>> = {
  ps: 535,
  get_server_status: 535,
  terminate_client: 535,
  get_default_device_pinned_mem_limit: 510,
  set_default_device_pinned_mem_limit: 510,
  get_device_pinned_mem_limit: 510,
  set_device_pinned_mem_limit: 510,
  get_default_client_priority: 535,
  set_default_client_priority: 535,
  device_query: 580,
};

/** Answers one line as the control daemon does: errors are ordinary replies. */
export function answerMps(line: string, world: MpsWorld): MpsAnswer {
  const [command = '', ...words] = line.trim().split(/\s+/);
  if (world.major < (since[command] ?? 0)) return say([`Unknown command "${command}"`]);
  switch (command) {
    case 'get_server_list':
      return say(world.server === undefined ? [] : [String(world.server.pid)]);
    case 'get_server_status':
      if (words[0] === undefined) return say(['A server PID is required']);
      return withServer(words[0], world, ({ status }) => say([status]));
    case 'get_client_list':
      return withServer(words[0], world, (server) =>
        say(server.clients.map((client) => String(client.pid))),
      );
    case 'get_device_client_list':
      if (words[0] === undefined) return say(clientsByDevice(world));
      return withServer(words[0], world, () => say(clientsByDevice(world)));
    case 'ps':
      return say(processes(words, world));
    case 'device_query':
      return say(devices(words, world));
    case 'get_default_client_priority':
      return say([String(world.defaults.clientPriority)]);
    case 'set_default_client_priority':
      return setPriority(words[0] ?? '', world);
    case 'get_default_active_thread_percentage':
      return say([percent(world.defaults.activeThreadPercentage)]);
    case 'set_default_active_thread_percentage':
      return setDefaultPercentage(words[0] ?? '', world);
    case 'get_active_thread_percentage':
      return withServer(words[0], world, (server) => say([percent(server.activeThreadPercentage)]));
    case 'set_active_thread_percentage':
      return withServer(words[0], world, (server) => setPercentage(words[1] ?? '', server));
    case 'get_default_device_pinned_mem_limit':
      return defaultPinned(world.defaults.pinnedMemory, words[0]);
    case 'set_default_device_pinned_mem_limit':
      return setPinned(words, world.defaults.pinnedMemory, (pinnedMemory) => ({
        kind: 'defaults',
        defaults: { ...world.defaults, pinnedMemory },
      }));
    case 'get_device_pinned_mem_limit':
      return withServer(words[0], world, (server) =>
        say(pinnedAnswer(server.pinnedMemory, words[1])),
      );
    case 'set_device_pinned_mem_limit':
      return withServer(words[0], world, (server) =>
        setPinned(words.slice(1), server.pinnedMemory, (pinnedMemory) => ({
          kind: 'server-pinned',
          pinnedMemory,
        })),
      );
    case 'start_server':
      return startServer(words);
    case 'shutdown_server':
      return withServer(words[0], world, () => ({ ...say([]), effect: { kind: 'stop-server' } }));
    case 'terminate_client':
      return terminate(words, world);
    case 'quit':
      return quit(words);
    default:
      return say([`Unknown command "${command}"`]);
  }
}

function withServer(
  pid: string | undefined,
  world: MpsWorld,
  then: (server: MpsServer) => MpsAnswer,
): MpsAnswer {
  if (world.server === undefined || String(world.server.pid) !== pid) {
    return say([`Server ${pid ?? '0'} not found`]);
  }
  return then(world.server);
}

/** `ps [-p SERVER]`: columns of 10, 10, 15, the device, 15 and 15, as the 550 binary prints them. */
function processes(words: readonly string[], world: MpsWorld): readonly string[] {
  const { server } = world;
  const asked = words[words.indexOf('-p') + 1];
  if (words.includes('-p') && asked !== String(server?.pid)) {
    // Two layers complain, and then the empty table follows.
    return [`Server ${asked ?? '0'} not found`, `Server ${asked ?? '0'} not found`, ''];
  }
  if (server === undefined) return ['Server not found'];
  return [
    processRow(['PID', 'ID', 'SERVER', 'DEVICE', 'NAMESPACE', 'COMMAND']),
    ...server.clients.map((client, at) =>
      processRow([
        String(client.pid),
        String(at),
        String(server.pid),
        world.gpu,
        namespaceId,
        client.name.slice(0, 15),
      ]),
    ),
  ];
}

/** A UUID and some blanks. */
const deviceWidth = 45;
const processWidths = [10, 10, 15, deviceWidth, 15, 15] as const;

function processRow(cells: readonly string[]): string {
  return cells.map((cell, at) => cell.padEnd(processWidths[at] ?? 0)).join('');
}

/** `device_query [--csv]`: the card that the daemon was started for. Its form is not known from any capture. */
function devices(words: readonly string[], { gpu, card }: MpsWorld): readonly string[] {
  const rows = [
    ['Device Ordinal', 'PCI ID', 'UUID', 'Name'],
    ['0', card?.busId ?? 'N/A', gpu, card?.name ?? 'N/A'],
  ];
  if (words.includes('--csv')) return rows.map((row) => row.join(','));
  const widths = [16, 20, deviceWidth, 0];
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('')
      .trimEnd(),
  );
}

function clientsByDevice(world: MpsWorld): readonly string[] {
  const { server } = world;
  if (server === undefined || server.clients.length === 0) return [];
  return [`${shortGpu(world.gpu)}:`, ...server.clients.map((client) => String(client.pid))];
}

function setPriority(text: string, { defaults }: MpsWorld): MpsAnswer {
  if (text !== '0' && text !== '1') return say(['Invalid priority value - must be 0 or 1!']);
  const changed = { ...defaults, clientPriority: Number(text) };
  return { ...say([]), effect: { kind: 'defaults', defaults: changed } };
}

/** A bad percentage is answered with the old value; why is only in the log. */
function setDefaultPercentage(text: string, world: MpsWorld): MpsAnswer {
  const parsed = parsePercentage(text);
  const { defaults } = world;
  if (!parsed.ok) {
    return {
      lines: [percent(defaults.activeThreadPercentage)],
      logged: [parsed.problem, percent(defaults.activeThreadPercentage)],
      effect: none,
    };
  }
  return {
    ...say([percent(parsed.value)]),
    effect: { kind: 'defaults', defaults: { ...defaults, activeThreadPercentage: parsed.value } },
  };
}

function setPercentage(text: string, server: MpsServer): MpsAnswer {
  const parsed = parsePercentage(text);
  if (!parsed.ok) {
    const old = percent(server.activeThreadPercentage);
    return { lines: [old], logged: [parsed.problem, old], effect: none };
  }
  return {
    ...say([percent(parsed.value)]),
    effect: { kind: 'server-percentage', percentage: parsed.value },
  };
}

function parsePercentage(text: string): Result<number, string> {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value <= 0 || value > 100) {
    return err('Invalid percentage, expected between (0.0, 100.0]');
  }
  return ok(Math.round(value * 10) / 10);
}

/** A limit that was never set is an empty answer; why is only in the log. */
function defaultPinned(
  pinnedMemory: ReadonlyMap<string, string>,
  device: string | undefined,
): MpsAnswer {
  const lines = pinnedAnswer(pinnedMemory, device);
  if (lines.length > 0) return say(lines);
  return { lines, logged: ['No default pinned memory limit set for the device!'], effect: none };
}

/** Whole GiB from 1 GiB up, MiB below: what was set is not what is read back. */
function pinnedAnswer(
  pinnedMemory: ReadonlyMap<string, string>,
  device: string | undefined,
): readonly string[] {
  const set = pinnedMemory.get(device ?? '');
  return set === undefined ? [] : [set];
}

function setPinned(
  words: readonly string[],
  before: ReadonlyMap<string, string>,
  keep: (pinnedMemory: ReadonlyMap<string, string>) => MpsEffect,
): MpsAnswer {
  const [device = '', text = ''] = words;
  const match = pinnedPattern.exec(text);
  if (device === '' || match?.[1] === undefined) {
    return { lines: [], logged: [`Invalid pinned memory limit "${text}"`], effect: none };
  }
  const unit = match[2]?.toUpperCase();
  const scale = unit === 'G' ? 1024 : unit === 'M' ? 1 : 1 / bytesPerMib;
  const mib = Math.floor(Number(match[1]) * scale);
  const shown = mib >= 1024 ? `${Math.floor(mib / 1024)}G` : `${mib}M`;
  return { ...say([]), effect: keep(new Map([...before, [device, shown]])) };
}

function startServer(words: readonly string[]): MpsAnswer {
  const at = words.indexOf('-uid');
  const uid = Number(words[at + 1]);
  if (at < 0 || !Number.isInteger(uid) || uid < 0) {
    return say(['A user id (UID) is required to start a new server']);
  }
  return { ...say([]), effect: { kind: 'start-server', uid } };
}

function terminate(words: readonly string[], world: MpsWorld): MpsAnswer {
  const [serverPid = '0', clientPid = '0'] = words;
  if (world.server === undefined || String(world.server.pid) !== serverPid) {
    // The real daemon says it twice, once from each of two layers, and then a status.
    return say([`Server ${serverPid} not found`, `Server ${serverPid} not found!`, '1']);
  }
  const client = world.server.clients.find((each) => String(each.pid) === clientPid);
  if (client === undefined) return say([`Client ${clientPid} not found`, '1']);
  return { ...say(['0']), effect: { kind: 'terminate', pid: client.pid } };
}

/** `quit` waits for the clients; `quit -t SECONDS` for at most so long, `-f` not at all. */
function quit(words: readonly string[]): MpsAnswer {
  const at = words.indexOf('-t');
  const seconds = Number(words[at + 1]);
  const waitMs = words.includes('-f')
    ? 0
    : at >= 0 && Number.isFinite(seconds) && seconds >= 0
      ? seconds * 1000
      : undefined;
  return { ...say([]), effect: { kind: 'quit', waitMs } };
}

function shortGpu(gpu: string): string {
  return gpu.slice(0, 22);
}

function percent(value: number): string {
  return value.toFixed(1);
}

function say(lines: readonly string[]): MpsAnswer {
  return { lines, logged: lines, effect: none };
}
