import { unreachable } from '../../../shared/domain/assert.ts';
import type { Clock } from '../../../shared/platform/clock.ts';
import { localLongTime, localTime } from '../local-time.ts';
import { gpuUsers, gpuVariables, type GpuUser } from '../processes/gpu-users.ts';
import { openProc } from '../processes/proc.ts';
import { parseArgv, type CommandLine, type Request } from './argv.ts';
import { dialectOf, type Dialect } from './dialect.ts';
import { openLoadMeter } from './load-meter.ts';
import { changeMig, type Users } from './mig-change.ts';
import { changeModes } from './mode-change.ts';
import { initialise, noState, parseOwnFlags, reboot, setFault } from './own-flags.ts';
import { appQuery, gpuQuery } from './render-csv.ts';
import { renderHelp, renderMigHelp, renderQueryHelp, renderVersion } from './render-help.ts';
import { renderList } from './render-list.ts';
import { listMig } from './render-mig.ts';
import { displayWords, renderText, renderXml } from './render-query.ts';
import { renderTable } from './render-table.ts';
import { renderTopology } from './render-topology.ts';
import { nothingFound, reply, selectGpus, type Reply } from './reply.ts';
import { openStateFolder, type StateFolder } from './state-folder.ts';
import type { SimState } from './state.ts';
import { seatUsers, viewGpus, type GpuView } from './view.ts';

/** Everything that the program takes from outside. */
export interface Surroundings {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly procRoot: string;
  readonly bootId: string;
  readonly pid: number;
  readonly cpuCount: number;
  randomHex(bytes: number): string;
  out(text: string): void;
  err(text: string): void;
  /** Opens `-f FILE`; everything said afterwards goes there. */
  toFile(path: string): (text: string) => void;
  readonly signal: AbortSignal;
}

/** One invocation of the simulated `nvidia-smi`; answers its exit status. */
export async function runNvidiaSmi(around: Surroundings): Promise<number> {
  const flags = parseOwnFlags(around.argv, around.environment['TANGRAM_SIM_STATE']);
  if (typeof flags === 'string')
    return complain(around, { lines: [`nvidia-smi-sim: ${flags}`], exitCode: 2 });
  if (flags.directory === undefined) {
    const line =
      'nvidia-smi-sim: no state directory: set TANGRAM_SIM_STATE or begin with --sim-state DIR';
    return complain(around, { lines: [line], exitCode: 2 });
  }
  const { directory } = flags;
  const folder = openStateFolder({
    directory,
    bootId: around.bootId,
    wallMs: () => around.clock.wallMs(),
    pid: around.pid,
  });
  const own: Reply[] = [];
  if (flags.init !== undefined) {
    own.push(
      initialise(folder, flags, { seed: around.randomHex(16), bootId: around.bootId, directory }),
    );
  }
  if (flags.fault !== undefined) own.push(setFault(folder, flags.fault));
  if (flags.reboot) own.push(reboot(folder));
  for (const each of own) {
    if (each.exitCode !== 0) return complain(around, each);
    say(around.out, each);
  }
  if (own.length > 0 && flags.rest.length === 0) return 0;
  const state = folder.read();
  if (state === undefined) return complain(around, noState(directory));
  return answer({ around, folder, directory }, state, flags.rest);
}

interface Session {
  readonly around: Surroundings;
  readonly folder: StateFolder;
  readonly directory: string;
}

async function answer(session: Session, state: SimState, argv: readonly string[]): Promise<number> {
  const { around } = session;
  const broken = await misbehave(around, state);
  if (broken !== undefined) return say(around.out, broken);
  const dialect = dialectOf(state.driverVersion);
  if (dialect === undefined) {
    const line = `nvidia-smi-sim: the state names driver ${state.driverVersion}, which is not simulated`;
    return complain(around, { lines: [line], exitCode: 1 });
  }
  const parsed = parseArgv(argv);
  if (!parsed.ok) return say(around.out, parsed.reply);
  const line = parsed.value;
  const out = line.file === undefined ? around.out : around.toFile(line.file);
  const world = openWorld(session, line.loopMs !== undefined);
  if (line.loopMs === undefined) return say(out, answerOnce(world, state, line, dialect));
  return loop({ session, world, dialect, out }, line, line.loopMs);
}

/** What a fault makes of every invocation; undefined: it behaves. */
async function misbehave(around: Surroundings, state: SimState): Promise<Reply | undefined> {
  // A lost card is a matter of each listing, not of the invocation.
  if (state.fault.kind === 'none' || state.fault.kind === 'lost') return undefined;
  switch (state.fault.kind) {
    case 'hang':
      await hang(around);
      return reply([], 130);
    case 'no-driver':
      return reply(
        [
          "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
          '',
        ],
        9,
      );
    case 'mismatch': {
      const nvml = dialectOf(state.driverVersion)?.nvmlVersion ?? '';
      return reply(
        [
          'Failed to initialize NVML: Driver/library version mismatch',
          `NVML library version: ${nvml}`,
        ],
        18,
      );
    }
    case 'garbage':
      return reply([
        '\u0000\u0001<<< 0x7ffffffffffffff0, , [[N/A %%',
        '42',
        '<?xml <nvidia_smi_log',
      ]);
    default:
      return unreachable(state.fault);
  }
}

const foreverMs = 24 * 3_600_000;

async function hang(around: Surroundings): Promise<void> {
  while (!around.signal.aborted) {
    try {
      await around.clock.sleep(foreverMs, around.signal);
    } catch {
      return;
    }
  }
}

/** What is asked of the machine: who runs, and how busy. */
interface World extends Session {
  users(): readonly GpuUser[];
  views(state: SimState): readonly GpuView[];
}

function openWorld(session: Session, looping: boolean): World {
  const { around, directory } = session;
  const proc = openProc(around.procRoot, gpuVariables);
  const users = (): readonly GpuUser[] => gpuUsers(proc.scan(), around.pid);
  const meter = openLoadMeter({
    directory,
    procRoot: around.procRoot,
    wallMs: () => around.clock.wallMs(),
    pid: around.pid,
    keep: !looping,
  });
  return {
    ...session,
    users,
    views: (state) => {
      const found = users();
      return viewGpus(state, found, meter.measure(found));
    },
  };
}

function answerOnce(world: World, state: SimState, line: CommandLine, dialect: Dialect): Reply {
  const { request } = line;
  if (request.kind === 'modes' || request.kind === 'mig') return change(world, line, dialect);
  return read(world, state, { line, dialect, request, first: true });
}

/** Requests that change something see the newest state, alone. */
function change(world: World, line: CommandLine, dialect: Dialect): Reply {
  const { request } = line;
  return world.folder.update<Reply>((state) => {
    if (state === undefined) return [state, noState(world.directory)];
    const gpus = selectGpus(state, line.selection);
    if (gpus === undefined) return [state, nothingFound];
    if (request.kind === 'modes') {
      const changed = changeModes(state, gpus, request.command, holders(world, state));
      return [changed.state, changed];
    }
    if (request.kind !== 'mig') return [state, nothingFound];
    const { command } = request;
    const { action } = command;
    if (action.kind === 'list') {
      return [state, listMig(state, gpus, { listing: action.listing, command }, dialect)];
    }
    const asked = { change: action.change, command };
    const changed = changeMig(state, gpus, asked, holders(world, state));
    return [changed.state, changed];
  });
}

function holders(world: World, state: SimState): Users {
  const seats = seatUsers(state, world.users());
  return {
    onGpu: (gpuIndex) => seats.some((seat) => seat.gpuIndex === gpuIndex),
    onInstance: (gpuIndex, giId, ciId) =>
      seats.some(
        (seat) =>
          seat.gpuIndex === gpuIndex &&
          seat.gpuInstanceId === giId &&
          (ciId === undefined || seat.computeInstanceId === ciId),
      ),
  };
}

interface Reading {
  readonly line: CommandLine;
  readonly dialect: Dialect;
  readonly request: Request;
  /** The CSV header is printed once, before the first sample. */
  readonly first: boolean;
}

function read(world: World, state: SimState, reading: Reading): Reply {
  const { request, dialect, line } = reading;
  const constant = constantText(request, dialect);
  if (constant !== undefined) return reply(constant);
  const selected = selectGpus(state, line.selection);
  if (selected === undefined) return nothingFound;
  const all = world.views(state);
  const views = all.filter((view) => selected.includes(view.index));
  const nowMs = world.around.clock.wallMs();
  if (request.kind === 'list') return reply(renderList(views));
  if (request.kind === 'topology') return reply(renderTopology(views, world.around.cpuCount));
  if (request.kind === 'csv') {
    return csv(views, reading, { timestamp: localTime(nowMs, '/'), gpuCount: all.length });
  }
  if (request.kind !== 'query') return renderTable(views, dialect, localLongTime(nowMs));
  const { display } = request;
  const unknown = display?.find((word) => !displayWords.includes(word.toUpperCase()));
  if (unknown !== undefined) {
    return reply([`ERROR: Option --display has an invalid value "${unknown}".`, ''], 2);
  }
  const page = { dialect, timestamp: localLongTime(nowMs), attached: all.length, display };
  return reply(request.xml ? renderXml(views, page) : renderText(views, page));
}

/** Texts that need no card. */
function constantText(request: Request, dialect: Dialect): readonly string[] | undefined {
  if (request.kind === 'help') return renderHelp(dialect);
  if (request.kind === 'help-mig') return renderMigHelp();
  if (request.kind === 'help-query') return renderQueryHelp(request.topic, dialect);
  return request.kind === 'version' ? renderVersion(dialect) : undefined;
}

function csv(
  views: readonly GpuView[],
  reading: Reading,
  given: { readonly timestamp: string; readonly gpuCount: number },
): Reply {
  const { request, dialect } = reading;
  if (request.kind !== 'csv') return nothingFound;
  const context = { ...given, dialect };
  const header = request.csv.header && reading.first;
  if (request.topic === 'gpu') {
    const query = gpuQuery(dialect, request.csv);
    if ('exitCode' in query) return query;
    const rows = views.map((view) => query.row({ ...context, view }));
    return reply([...(header ? [query.header] : []), ...rows]);
  }
  const query = appQuery(dialect, request.csv);
  if ('exitCode' in query) return query;
  const rows = views.flatMap((view) =>
    view.processes.map((process) => query.row({ ...context, view, process })),
  );
  return reply([...(header ? [query.header] : []), ...rows]);
}

/** One process, one scan a period: the state is read again only when somebody changed it. */
async function loop(
  given: {
    readonly session: Session;
    readonly world: World;
    readonly dialect: Dialect;
    readonly out: (text: string) => void;
  },
  line: CommandLine,
  periodMs: number,
): Promise<number> {
  const { session, world, dialect, out } = given;
  const { around, folder } = session;
  let revision = folder.revision();
  let state = folder.read();
  let dueMs = around.clock.monotonicMs();
  for (let first = true; !around.signal.aborted; first = false) {
    const current = folder.revision();
    if (!first && current !== revision) {
      revision = current;
      state = folder.read();
      const broken = state && (await misbehave(around, state));
      if (broken !== undefined) return say(out, broken);
    }
    if (state === undefined) return complain(around, noState(session.directory));
    const said = read(world, state, { line, dialect, request: line.request, first });
    say(out, said);
    if (said.exitCode !== 0 && said.exitCode !== 15) return said.exitCode;
    dueMs = Math.max(dueMs + periodMs, around.clock.monotonicMs());
    try {
      await around.clock.sleep(dueMs - around.clock.monotonicMs(), around.signal);
    } catch {
      break;
    }
  }
  return 0;
}

function say(out: (text: string) => void, answered: Reply): number {
  if (answered.lines.length > 0) out(`${answered.lines.join('\n')}\n`);
  return answered.exitCode;
}

/** The simulator's own complaints go to stderr: the real tool never writes there. */
function complain(around: Surroundings, answered: Reply): number {
  around.err(`${answered.lines.join('\n')}\n`);
  return answered.exitCode;
}
