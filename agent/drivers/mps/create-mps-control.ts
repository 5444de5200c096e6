import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { GpuUuid } from '../../../shared/domain/ids.ts';
import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { runCommand } from '../process/run-command.ts';
import { spawnDetached } from '../process/spawn-detached.ts';
import type { MpsControl, MpsDaemonState, MpsDefaults } from './mps-control.ts';
import {
  isMemoryEcho,
  parseMpsAnswer,
  parsePercent,
  parsePidList,
  type MpsAnswer,
} from '../../formats/mps-reply.ts';

export interface MpsControlOptions {
  /** The program and what always stands before our arguments; from the node's configuration. */
  readonly controlCommand: readonly string[];
  /** One folder a card below it: `<directory>/<gpu uuid>/{pipe,log}`. Every parent must be open to the clients' users. */
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly commandTimeoutMs?: number;
  /** From the start of the daemon until it answers, and from `quit` until it is gone. */
  readonly settleTimeoutMs?: number;
  readonly clock?: Clock;
}

/** An AF_UNIX path holds 107 bytes; beyond that the daemon exits with 1 and says nothing at all. */
const socketPathBytesMax = 100;
const pollMs = 50;
/** `25.0` after 25 was set; hardware steps are applied later and are not echoed. */
const percentTolerance = 0.51;

interface Deps {
  readonly options: MpsControlOptions;
  readonly clock: Clock;
  readonly commandTimeoutMs: number;
  readonly settleTimeoutMs: number;
}

/** The MPS daemons of a node, one a card, behind the agent's contract. */
export function createMpsControl(options: MpsControlOptions): MpsControl {
  const deps: Deps = {
    options,
    clock: options.clock ?? systemClock,
    commandTimeoutMs: options.commandTimeoutMs ?? 10_000,
    settleTimeoutMs: options.settleTimeoutMs ?? 15_000,
  };
  return {
    pipeDirectory: (gpu) => pipeDirectory(deps, gpu),
    observe: (gpu, signal) => observe(deps, gpu, signal),
    start: (gpu, signal) => start(deps, gpu, signal),
    stop: (gpu, signal) => stop(deps, gpu, signal),
    setDefaults: (gpu, defaults, signal) => setDefaults(deps, gpu, defaults, signal),
  };
}

function pipeDirectory(deps: Deps, gpu: GpuUuid): string {
  return join(deps.options.directory, gpu, 'pipe');
}

function logDirectory(deps: Deps, gpu: GpuUuid): string {
  return join(deps.options.directory, gpu, 'log');
}

async function observe(deps: Deps, gpu: GpuUuid, signal: AbortSignal): Promise<MpsDaemonState> {
  const state = { gpu, pipeDirectory: pipeDirectory(deps, gpu) };
  const incarnation = incarnationOf(deps, gpu);
  const servers = await ask(deps, gpu, 'get_server_list', signal);
  if (servers.kind === 'no-daemon') {
    return { ...state, answering: false, incarnation: null, clientPids: [] };
  }
  const clients = new Set<number>();
  for (const server of parsePidList(servers.kind === 'text' ? servers.text : '')) {
    const list = await ask(deps, gpu, `get_client_list ${server}`, signal);
    if (list.kind === 'text') for (const pid of parsePidList(list.text)) clients.add(pid);
  }
  const clientPids = [...clients].sort((a, b) => a - b);
  return { ...state, answering: true, incarnation, clientPids };
}

/** Every daemon makes its socket anew. Not its pid: that of a dead one may be given to any process. */
function incarnationOf(deps: Deps, gpu: GpuUuid): string | null {
  const socket = join(pipeDirectory(deps, gpu), 'control');
  const stat = statSync(socket, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.ino}-${stat.ctimeNs}`;
}

async function start(
  deps: Deps,
  gpu: GpuUuid,
  signal: AbortSignal,
): Promise<'started' | 'already-running'> {
  checkPathLength(deps, gpu);
  if ((await observe(deps, gpu, signal)).answering) return 'already-running';
  // Open to the users of the clients: a closed parent makes servers crash in a loop.
  mkdirSync(pipeDirectory(deps, gpu), { recursive: true, mode: 0o755 });
  mkdirSync(logDirectory(deps, gpu), { recursive: true, mode: 0o755 });
  const outputFile = join(logDirectory(deps, gpu), 'start.out');
  const child = await spawnDetached({
    argv: [...deps.options.controlCommand, '-d'],
    env: { ...inherited(), ...daemonEnv(deps, gpu), CUDA_VISIBLE_DEVICES: gpu },
    cwd: logDirectory(deps, gpu),
    outputFile,
  });
  let launcherExit: number | null | undefined;
  void child.exited.then((code) => (launcherExit = code));
  const answering = await until(deps, signal, async () => {
    if (launcherExit !== undefined && launcherExit !== 0) return 'failed';
    return (await observe(deps, gpu, signal)).answering ? 'yes' : 'no';
  });
  if (answering === 'yes') return 'started';
  throw new AppError('MPS_FAILED', `the MPS daemon of ${gpu} does not start`, {
    cause: new Error(startWords(outputFile, launcherExit)),
    hint: `look at ${join(logDirectory(deps, gpu), 'control.log')}`,
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
  await ask(deps, gpu, 'quit', signal);
  const gone = await until(deps, signal, async () =>
    (await observe(deps, gpu, signal)).answering ? 'no' : 'yes',
  );
  if (gone === 'yes') return 'stopped';
  throw new AppError('MPS_FAILED', `the MPS daemon of ${gpu} does not quit`, {
    hint: `look at ${join(logDirectory(deps, gpu), 'control.log')}; end it by hand if it hangs`,
  });
}

async function setDefaults(
  deps: Deps,
  gpu: GpuUuid,
  defaults: MpsDefaults,
  signal: AbortSignal,
): Promise<string> {
  // Before the first command: a daemon that is replaced meanwhile is another one, and is told again.
  const incarnation = incarnationOf(deps, gpu);
  // First what servers begin with, then the servers: one that begins in between has it already.
  await setLimits(deps, { gpu, server: null, defaults }, signal);
  const servers = parsePidList(await askText(deps, gpu, 'get_server_list', signal));
  for (const server of servers) await setLimits(deps, { gpu, server, defaults }, signal);
  if (incarnation !== null) return incarnation;
  throw new AppError('MPS_FAILED', `no MPS daemon answers for ${gpu}`);
}

interface Limits {
  readonly gpu: GpuUuid;
  /** null: those that servers begin with. */
  readonly server: number | null;
  readonly defaults: MpsDefaults;
}

/** Of the daemon or of one server. A server that has ended meanwhile has no clients to bound. */
async function setLimits(deps: Deps, limits: Limits, signal: AbortSignal): Promise<void> {
  const { gpu, server, defaults } = limits;
  const [word, of] = server === null ? ['default_', ''] : ['', ` ${server}`];
  const tell = (command: string): Promise<string | null> =>
    server === null ? askText(deps, gpu, command, signal) : askServer(deps, gpu, command, signal);
  const { smPercent, memoryMib } = defaults;
  const percent = await tell(`set_${word}active_thread_percentage${of} ${smPercent}`);
  if (percent === null) return;
  const echoed = parsePercent(percent);
  // Out of range: the daemon answers the old value, and the reason is only in its log.
  if (echoed === null || Math.abs(echoed - smPercent) > percentTolerance) {
    throw refusedLimit(deps, limits, `${smPercent}% of the SMs`, percent);
  }
  // Ordinal 0: the daemon was started with this card alone visible.
  if ((await tell(`set_${word}device_pinned_mem_limit${of} 0 ${memoryMib}M`)) === null) return;
  const memory = await tell(`get_${word}device_pinned_mem_limit${of} 0`);
  if (memory !== null && !isMemoryEcho(memory, memoryMib)) {
    throw refusedLimit(deps, limits, `${memoryMib} MiB a client`, memory);
  }
}

function refusedLimit(deps: Deps, limits: Limits, wanted: string, answered: string): AppError {
  const { gpu, server } = limits;
  const whose = server === null ? 'a default' : `a limit for its server ${server}`;
  return new AppError('MPS_FAILED', `the MPS daemon of ${gpu} refuses ${whose} of ${wanted}`, {
    cause: new Error(`it answers ${JSON.stringify(answered.slice(0, 120))}`),
    hint: `the reason is in ${join(logDirectory(deps, gpu), 'control.log')}`,
  });
}

/** A reply about one server; null: it has ended. */
async function askServer(
  deps: Deps,
  gpu: GpuUuid,
  command: string,
  signal: AbortSignal,
): Promise<string | null> {
  const reply = await ask(deps, gpu, command, signal);
  if (reply.kind === 'not-found') return null;
  return textOf(reply, { gpu, command });
}

/** A reply that must be there. */
async function askText(
  deps: Deps,
  gpu: GpuUuid,
  command: string,
  signal: AbortSignal,
): Promise<string> {
  return textOf(await ask(deps, gpu, command, signal), { gpu, command });
}

function textOf(
  reply: MpsAnswer,
  { gpu, command }: { readonly gpu: GpuUuid; readonly command: string },
): string {
  if (reply.kind === 'text') return reply.text;
  const word = command.split(' ')[0] ?? command;
  if (reply.kind === 'no-daemon') {
    throw new AppError('MPS_FAILED', `cannot ask ${word}: no MPS daemon answers for ${gpu}`);
  }
  throw new AppError('MPS_FAILED', `the MPS daemon of ${gpu} cannot do ${word}`, {
    hint: 'memory limits need nvidia-cuda-mps-control of driver 495 or newer',
  });
}

/** One command on the daemon's control pipe. Without a socket nobody listens, and no process is spawned to learn that. */
async function ask(
  deps: Deps,
  gpu: GpuUuid,
  command: string,
  signal: AbortSignal,
): Promise<MpsAnswer> {
  if (!existsSync(join(pipeDirectory(deps, gpu), 'control'))) return { kind: 'no-daemon' };
  const result = await runCommand(
    {
      argv: deps.options.controlCommand,
      env: daemonEnv(deps, gpu),
      input: `${command}\n`,
      timeoutMs: deps.commandTimeoutMs,
      outputBytesMax: 1024 * 1024,
      clock: deps.clock,
    },
    signal,
  );
  const reply = parseMpsAnswer(result.stdout, result.stderr);
  if (result.exitCode !== 0 && reply.kind === 'text') {
    throw new AppError('MPS_FAILED', `cannot ask the MPS daemon of ${gpu} for ${command}`, {
      cause: new Error(`${result.stderr}${result.stdout}`.trim() || `exit ${result.exitCode}`),
    });
  }
  return reply;
}

function daemonEnv(deps: Deps, gpu: GpuUuid): Readonly<Record<string, string>> {
  return {
    ...deps.options.env,
    CUDA_MPS_PIPE_DIRECTORY: pipeDirectory(deps, gpu),
    CUDA_MPS_LOG_DIRECTORY: logDirectory(deps, gpu),
  };
}

function inherited(): Readonly<Record<string, string>> {
  const { PATH, HOME, LD_LIBRARY_PATH } = process.env;
  return {
    LC_ALL: 'C',
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
  };
}

function checkPathLength(deps: Deps, gpu: GpuUuid): void {
  const socket = join(pipeDirectory(deps, gpu), 'control');
  const bytes = Buffer.byteLength(socket);
  if (bytes > socketPathBytesMax) {
    throw new AppError(
      'MPS_FAILED',
      `the MPS control socket ${socket} has a path of ${bytes} bytes; at most ${socketPathBytesMax} work`,
      { hint: 'set mps.dir to a shorter directory, such as /run/tangram/mps' },
    );
  }
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

function startWords(outputFile: string, exitCode: number | null | undefined): string {
  const words = existsSync(outputFile) ? readFileSync(outputFile, 'utf8').trim().slice(-400) : '';
  if (words !== '') return words;
  return exitCode === undefined
    ? 'it was started but does not answer'
    : `exit code ${exitCode ?? 'unknown'}, no text`;
}
