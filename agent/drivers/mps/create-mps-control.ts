import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { GpuUuid } from '../../../shared/domain/ids.ts';
import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { runCommand } from '../process/run-command.ts';
import { findCapabilities, type MpsCapabilities } from './capabilities.ts';
import {
  cardFolders,
  controlLogOf,
  openControlPipe,
  type CardFolders,
  type ControlPipe,
} from './control-pipe.ts';
import { capLog, followLog, tailLog, type LogFollower } from './daemon-logs.ts';
import { checkPathLength, launchDaemon } from './launch-daemon.ts';
import type { MpsClient, MpsControl, MpsDaemonState, MpsDefaults } from './mps-control.ts';
import { endOrphans, serversOf } from './orphan-servers.ts';
import type { MpsProtocol, ToldServer } from './protocol.ts';
import { protocolV2 } from './protocol-v2.ts';
import { addEvents, faultOf, noHistory, type ServerHistory } from './server-history.ts';

export interface MpsControlOptions {
  /** The program and what always stands before our arguments; from the node's configuration. */
  readonly controlCommand: readonly string[];
  /** One folder a card below it: `<directory>/<gpu uuid>/{pipe,log}`. Every parent must be open to the clients' users. */
  readonly directory: string;
  /** One server for the clients of all users, which then share its rights, faults and logs. Newer drivers only. */
  readonly multiUser?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly commandTimeoutMs?: number;
  /** From the start of the daemon until it answers, and from `quit` until it is gone. */
  readonly settleTimeoutMs?: number;
  readonly clock?: Clock;
}

const pollMs = 50;
/** A daemon without clients has nothing to wait for; a server that hangs is ended after this. */
const quitWithinSeconds = 5;

/** What is remembered of one card's daemon between looks. */
interface CardMemory {
  readonly pipe: ControlPipe;
  readonly logs: readonly LogFollower[];
  history: ServerHistory;
}

interface Deps {
  readonly options: MpsControlOptions;
  readonly protocol: MpsProtocol;
  readonly clock: Clock;
  readonly commandTimeoutMs: number;
  readonly settleTimeoutMs: number;
  readonly cards: Map<GpuUuid, CardMemory>;
}

/** The MPS daemons of a node, one a card, behind the agent's contract. */
export function createMpsControl(options: MpsControlOptions): MpsControl {
  const deps: Deps = {
    options,
    protocol: protocolV2,
    clock: options.clock ?? systemClock,
    commandTimeoutMs: options.commandTimeoutMs ?? 10_000,
    settleTimeoutMs: options.settleTimeoutMs ?? 15_000,
    cards: new Map(),
  };
  const folders = (gpu: GpuUuid): CardFolders => cardFolders(options.directory, gpu);
  return {
    pipeDirectory: (gpu) => folders(gpu).pipe,
    observe: (gpu, signal) => observe(deps, gpu, signal),
    start: (gpu, signal) => start(deps, gpu, signal),
    stop: (gpu, signal) => stop(deps, gpu, signal),
    setDefaults: (gpu, defaults, signal) => setDefaults(deps, gpu, defaults, signal),
    tailLog: (gpu, name, linesMax) => tailLog(folders(gpu), name, linesMax),
    capabilities: (gpus, signal) => capabilities(deps, gpus, signal),
  };
}

function cardOf(deps: Deps, gpu: GpuUuid): CardMemory {
  const known = deps.cards.get(gpu);
  if (known !== undefined) return known;
  const folders = cardFolders(deps.options.directory, gpu);
  const { options, commandTimeoutMs, clock } = deps;
  const { controlCommand, env = {} } = options;
  const made: CardMemory = {
    pipe: openControlPipe(folders, { controlCommand, env, commandTimeoutMs, clock }),
    logs: [followLog(join(folders.log, 'control.log')), followLog(join(folders.log, 'server.log'))],
    history: noHistory,
  };
  deps.cards.set(gpu, made);
  return made;
}

async function observe(deps: Deps, gpu: GpuUuid, signal: AbortSignal): Promise<MpsDaemonState> {
  const card = cardOf(deps, gpu);
  const { pipe } = card;
  const { folders } = pipe;
  const incarnation = pipe.incarnation();
  const told = await deps.protocol.listServers(pipe, signal);
  for (const log of card.logs) card.history = addEvents(card.history, log.read());
  const state = { gpu, pipeDirectory: folders.pipe };
  if (told === null || incarnation === null) {
    const orphans = existsSync(folders.pipe) ? serversOf(folders.pipe) : [];
    const nothing = { servers: [], clientPids: [], waiting: [], fault: null };
    return { ...state, ...nothing, answering: false, incarnation: null, orphans };
  }
  for (const name of ['control.log', 'server.log'] as const) capLog(folders, name);
  const servers = told.map(({ pid, status, clientPids }) => ({
    pid,
    // A multi-user server runs as root, whoever has made the daemon start it.
    uid: deps.options.multiUser === true ? uidOf(pid) : userOf(card.history, pid),
    status,
    clients: clientPids.map((client) => ({ pid: client, uid: uidOf(client) })),
  }));
  const clients = new Set(told.flatMap((each) => each.clientPids));
  return {
    ...state,
    answering: true,
    incarnation,
    servers,
    clientPids: [...clients].sort((a, b) => a - b),
    waiting: waitingOf(card.history, clients),
    fault: faultOf(card.history, told satisfies readonly ToldServer[], incarnation),
    orphans: [],
  };
}

/** Those that were told to wait, have not been served since, and still live. */
function waitingOf(history: ServerHistory, served: ReadonlySet<number>): readonly MpsClient[] {
  return [...history.waiting.keys()]
    .filter((pid) => pid > 1 && !served.has(pid))
    .map((pid) => ({ pid, uid: uidOf(pid) }))
    .filter((client) => client.uid !== null);
}

/** The log says for whom a server was started; where that has scrolled off, the process does. */
function userOf(history: ServerHistory, pid: number): number | null {
  return history.servers.get(pid)?.user ?? uidOf(pid);
}

/** null: there is no such process. */
function uidOf(pid: number): number | null {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? null;
}

async function start(
  deps: Deps,
  gpu: GpuUuid,
  signal: AbortSignal,
): Promise<'started' | 'already-running'> {
  const { folders } = cardOf(deps, gpu).pipe;
  checkPathLength(folders);
  if ((await observe(deps, gpu, signal)).answering) return 'already-running';
  await removeOrphans(deps, folders, signal);
  const { controlCommand, env = {}, multiUser = false } = deps.options;
  const launch = await launchDaemon(folders, {
    argv: [...controlCommand, ...deps.protocol.daemonArgs({ multiUser })],
    env,
  });
  const answering = await until(deps, signal, async () => {
    if ((await observe(deps, gpu, signal)).answering) return 'yes';
    return launch.state();
  });
  if (answering === 'yes') return 'started';
  const option = multiUser
    ? '; a version without -multiuser-server ends without a word: try mps.multiUser: false'
    : '';
  throw new AppError('MPS_FAILED', `the MPS daemon of ${gpu} does not start`, {
    cause: new Error(launch.words()),
    hint: `look at ${controlLogOf(folders)}${option}`,
  });
}

async function removeOrphans(deps: Deps, folders: CardFolders, signal: AbortSignal): Promise<void> {
  if (!existsSync(folders.pipe) || serversOf(folders.pipe).length === 0) return;
  const left = await endOrphans(folders.pipe, deps.clock, signal);
  if (left.length === 0) return;
  throw new AppError('MPS_FAILED', `the MPS daemon of ${folders.gpu} cannot be started anew`, {
    cause: new Error(`process ${left.join(', ')} of its predecessor does not end`),
    hint: 'it hangs in the driver: look at the kernel log; the card may need a reset',
  });
}

async function stop(
  deps: Deps,
  gpu: GpuUuid,
  signal: AbortSignal,
): Promise<'stopped' | 'already-gone'> {
  const before = await observe(deps, gpu, signal);
  if (!before.answering) return 'already-gone';
  if (before.clientPids.length > 0) {
    throw new AppError('MPS_FAILED', `the MPS daemon of ${gpu} has clients and is left running`, {
      hint: `stop its replicas first (clients: ${before.clientPids.slice(0, 8).join(', ')})`,
    });
  }
  const { pipe } = cardOf(deps, gpu);
  await deps.protocol.quit(pipe, quitWithinSeconds, signal);
  const gone = await until(deps, signal, async () =>
    (await observe(deps, gpu, signal)).answering ? 'no' : 'yes',
  );
  if (gone === 'yes') return 'stopped';
  throw new AppError('MPS_FAILED', `the MPS daemon of ${gpu} does not quit`, {
    hint: `look at ${controlLogOf(pipe.folders)}; end it by hand if it hangs`,
  });
}

async function setDefaults(
  deps: Deps,
  gpu: GpuUuid,
  defaults: MpsDefaults,
  signal: AbortSignal,
): Promise<string> {
  const { pipe } = cardOf(deps, gpu);
  // Before the first command: a daemon that is replaced meanwhile is another one, and is told again.
  const incarnation = pipe.incarnation();
  await deps.protocol.setLimits(pipe, defaults, signal);
  if (incarnation !== null) return incarnation;
  throw new AppError('MPS_FAILED', `no MPS daemon answers for ${gpu}`);
}

async function capabilities(
  deps: Deps,
  gpus: readonly GpuUuid[],
  signal: AbortSignal,
): Promise<MpsCapabilities> {
  const pipe = gpus
    .map((gpu) => cardOf(deps, gpu).pipe)
    .find((each) => each.incarnation() !== null);
  const help = await runCommand(
    {
      argv: [...deps.options.controlCommand, '--help'],
      timeoutMs: deps.commandTimeoutMs,
      outputBytesMax: 65_536,
      clock: deps.clock,
    },
    signal,
  ).then(
    (result) => result.stdout,
    () => null,
  );
  return findCapabilities({ pipe: pipe ?? null, help }, signal);
}

/** Polls until `check` says yes or failed, or the time to settle is over. */
async function until(
  deps: Deps,
  signal: AbortSignal,
  check: () => Promise<'yes' | 'no' | 'failed'>,
): Promise<'yes' | 'no' | 'failed'> {
  const deadline = deps.clock.monotonicMs() + deps.settleTimeoutMs;
  for (;;) {
    const answer = await check();
    if (answer !== 'no' || deps.clock.monotonicMs() >= deadline) return answer;
    await deps.clock.sleep(pollMs, signal);
  }
}
