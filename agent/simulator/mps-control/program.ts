import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../../shared/platform/clock.ts';
import { runDaemon } from './daemon.ts';
import { openSimulatedHost } from './simulated-host.ts';

/** Everything that the program takes from outside. */
export interface MpsSurroundings {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly pid: number;
  readonly bootId: string;
  /** How this very program is started again, in the background: program and leading arguments. */
  readonly self: readonly string[];
  readInput(): Promise<string>;
  out(text: string): void;
  err(text: string): void;
  readonly signal: AbortSignal;
}

const pipeDirectoryDefault = '/tmp/nvidia-mps';
const logDirectoryDefault = '/var/log/nvidia-mps';
/** `sun_path` of a unix socket, with its end. */
const socketPathMax = 107;
const daemonFlag = '--simulated-daemon';

/** One invocation of the MPS control stand-in; answers its exit status. */
export async function runMpsControl(around: MpsSurroundings): Promise<number> {
  const pipeDirectory = around.environment['CUDA_MPS_PIPE_DIRECTORY'] || pipeDirectoryDefault;
  const logDirectory = around.environment['CUDA_MPS_LOG_DIRECTORY'] || logDirectoryDefault;
  // The simulator's own flag comes first; without one and without the variable no card is known.
  const hasState = around.argv[0] === '--sim-state';
  const own = hasState ? around.argv.slice(0, 2) : [];
  const stateDirectory = own[1] ?? (around.environment['TANGRAM_SIM_STATE'] || undefined);
  const [first] = around.argv.slice(own.length);
  const run = async (): Promise<void> => {
    const devices = around.environment['CUDA_VISIBLE_DEVICES'] ?? '';
    const { clock, pid, signal } = around;
    const host = openSimulatedHost({
      directory: stateDirectory,
      faults: around.environment['TANGRAM_SIM_FAULTS'],
      devices,
      bootId: around.bootId,
      pid,
      wallMs: () => clock.wallMs(),
    });
    const procRoot = '/proc';
    await runDaemon({ pipeDirectory, logDirectory, devices, clock, procRoot, pid, host, signal });
  };
  switch (first) {
    case daemonFlag:
      await run();
      return 0;
    case '-d':
    case '-f': {
      const refused = await refusal(around, pipeDirectory);
      if (refused !== undefined) return refused;
      if (first === '-f') {
        await run();
        return 0;
      }
      startInBackground(around, logDirectory, own);
      return 0;
    }
    case undefined:
      return relay(around, pipeDirectory);
    default:
      around.out(
        `Unknown option ${JSON.stringify(first)}; usage: nvidia-cuda-mps-control [-d | -f]\n`,
      );
      return 1;
  }
}

/** The exit status with which the real daemon refuses to start, after saying why (or nothing at all). */
async function refusal(
  around: MpsSurroundings,
  pipeDirectory: string,
): Promise<number | undefined> {
  const socket = join(pipeDirectory, 'control');
  // Over the limit of unix sockets the real daemon ends without a word.
  if (Buffer.byteLength(socket) > socketPathMax) return 1;
  try {
    if (pipeDirectory === pipeDirectoryDefault) mkdirSync(pipeDirectory, { recursive: true });
    accessSync(pipeDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    around.out(`Cannot access CUDA_MPS_PIPE_DIRECTORY=${pipeDirectory}\n`);
    return 1;
  }
  if ((await exchange(socket, '')) !== undefined) {
    around.out('An instance of this daemon is already running\n');
    return 1;
  }
  return undefined;
}

/** Its own session, no terminal, output to nowhere: it outlives whoever started it. */
function startInBackground(
  around: MpsSurroundings,
  logDirectory: string,
  own: readonly string[],
): void {
  try {
    mkdirSync(logDirectory, { recursive: true });
  } catch {
    // Without a log directory the daemon runs unlogged.
  }
  const [program = process.execPath, ...leading] = around.self;
  const nowhere = openSync('/dev/null', 'r+');
  const child = spawn(program, [...leading, ...own, daemonFlag], {
    detached: true,
    stdio: [nowhere, nowhere, nowhere],
    cwd: '/',
    env: { ...around.environment },
  });
  child.unref();
}

/** Sends standard input to the daemon and prints its answers. */
async function relay(around: MpsSurroundings, pipeDirectory: string): Promise<number> {
  const commands = await around.readInput();
  const answer = await exchange(join(pipeDirectory, 'control'), commands);
  if (answer === undefined) {
    around.err('Cannot find MPS control daemon process\n');
    return 1;
  }
  around.out(answer);
  return 0;
}

/** undefined: nobody listens. An empty command only asks whether somebody does. */
async function exchange(socketPath: string, commands: string): Promise<string | undefined> {
  if (Buffer.byteLength(socketPath) > socketPathMax) return undefined;
  return new Promise((resolve) => {
    let answer = '';
    let connected = false;
    const socket = connect(socketPath);
    socket.setEncoding('utf8');
    socket.once('connect', () => {
      connected = true;
      if (commands === '') {
        socket.destroy();
        return;
      }
      socket.end(commands.endsWith('\n') ? commands : `${commands}\n`);
    });
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.once('error', () => undefined);
    socket.once('close', () => resolve(connected ? answer : undefined));
  });
}
