import { AppError } from '../../../shared/platform/errors.ts';
import {
  isMemoryEcho,
  parsePercent,
  parsePidList,
  parseServerStatus,
  type MpsAnswer,
} from '../../formats/mps/mps-reply.ts';
import { controlLogOf, type ControlPipe } from './control-pipe.ts';
import type { MpsDefaults } from './mps-control.ts';
import type { MpsProtocol, ToldServer } from './protocol.ts';

/** `25.0` after 25 was set; hardware steps are applied later and are not echoed. */
const percentTolerance = 0.51;

/** Protocol version 2: one daemon a pipe directory, commands as lines. Source: nvidia-cuda-mps-control(1), drivers 470 to 550. */
export const protocolV2: MpsProtocol = {
  version: 2,
  daemonArgs: ({ multiUser }) => (multiUser ? ['-d', '-multiuser-server'] : ['-d']),
  listServers,
  setLimits: async (pipe, limits, signal) => {
    // First what servers begin with, then the servers: one that begins in between has it already.
    await setLimitsOf(pipe, { server: null, limits }, signal);
    const servers = parsePidList(await askText(pipe, 'get_server_list', signal));
    for (const server of servers) await setLimitsOf(pipe, { server, limits }, signal);
  },
  quit: async (pipe, withinSeconds, signal) => {
    await pipe.ask([`quit -t ${withinSeconds}`], signal);
  },
};

async function listServers(
  pipe: ControlPipe,
  signal: AbortSignal,
): Promise<readonly ToldServer[] | null> {
  const listed = await pipe.ask(['get_server_list'], signal);
  if (listed.kind === 'no-daemon') return null;
  const servers: ToldServer[] = [];
  for (const pid of listed.kind === 'text' ? parsePidList(listed.text) : []) {
    const told = await serverOf(pipe, pid, signal);
    if (told !== null) servers.push(told);
  }
  return servers;
}

/**
 * Both questions in one process: pids, then the state, or that this version has no such command. null: it has ended.
 */
async function serverOf(
  pipe: ControlPipe,
  pid: number,
  signal: AbortSignal,
): Promise<ToldServer | null> {
  const commands = [`get_client_list ${pid}`, `get_server_status ${pid}`];
  const reply = await pipe.ask(commands, signal);
  if (reply.kind === 'no-daemon' || reply.kind === 'not-found') return null;
  // The refusal stands first: there are no clients before it.
  if (reply.kind === 'unknown-command') return { pid, status: null, clientPids: [] };
  const last = reply.text.split('\n').at(-1) ?? '';
  return { pid, status: parseServerStatus(last), clientPids: parsePidList(reply.text) };
}

interface Limits {
  /** null: those that servers begin with. */
  readonly server: number | null;
  readonly limits: MpsDefaults;
}

/** Of the daemon or of one server. A server that has ended meanwhile has no clients to bound. */
async function setLimitsOf(pipe: ControlPipe, wanted: Limits, signal: AbortSignal): Promise<void> {
  const { server, limits } = wanted;
  const [word, of] = server === null ? ['default_', ''] : ['', ` ${server}`];
  const tell = (command: string): Promise<string | null> =>
    server === null ? askText(pipe, command, signal) : askServer(pipe, command, signal);
  const { smPercent, memoryMib } = limits;
  const percent = await tell(`set_${word}active_thread_percentage${of} ${smPercent}`);
  if (percent === null) return;
  const echoed = parsePercent(percent);
  // Out of range: the daemon answers the old value, and the reason is only in its log.
  if (echoed === null || Math.abs(echoed - smPercent) > percentTolerance) {
    throw refusedLimit(pipe, wanted, { what: `${smPercent}% of the SMs`, answered: percent });
  }
  // Ordinal 0: the daemon was started with this card alone visible.
  if ((await tell(`set_${word}device_pinned_mem_limit${of} 0 ${memoryMib}M`)) === null) return;
  const memory = await tell(`get_${word}device_pinned_mem_limit${of} 0`);
  if (memory !== null && !isMemoryEcho(memory, memoryMib)) {
    throw refusedLimit(pipe, wanted, { what: `${memoryMib} MiB a client`, answered: memory });
  }
}

function refusedLimit(
  { folders }: ControlPipe,
  { server }: Limits,
  { what, answered }: { readonly what: string; readonly answered: string },
): AppError {
  const whose = server === null ? 'a default' : `a limit for its server ${server}`;
  return new AppError(
    'MPS_FAILED',
    `the MPS daemon of ${folders.gpu} refuses ${whose} of ${what}`,
    {
      cause: new Error(`it answers ${JSON.stringify(answered.slice(0, 120))}`),
      hint: `the reason is in ${controlLogOf(folders)}`,
    },
  );
}

/** A reply about one server; null: it has ended. */
async function askServer(
  pipe: ControlPipe,
  command: string,
  signal: AbortSignal,
): Promise<string | null> {
  const reply = await pipe.ask([command], signal);
  return reply.kind === 'not-found' ? null : textOf(pipe, command, reply);
}

/** A reply that must be there. */
async function askText(pipe: ControlPipe, command: string, signal: AbortSignal): Promise<string> {
  return textOf(pipe, command, await pipe.ask([command], signal));
}

function textOf({ folders }: ControlPipe, command: string, reply: MpsAnswer): string {
  if (reply.kind === 'text') return reply.text;
  const word = command.split(' ')[0] ?? command;
  if (reply.kind === 'no-daemon') {
    throw new AppError(
      'MPS_FAILED',
      `cannot ask ${word}: no MPS daemon answers for ${folders.gpu}`,
    );
  }
  throw new AppError('MPS_FAILED', `the MPS daemon of ${folders.gpu} cannot do ${word}`, {
    hint: 'memory limits need nvidia-cuda-mps-control of driver 495 or newer',
  });
}
