import { existsSync } from 'node:fs';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { AgentConfig } from '../config.ts';
import { findCapabilities, type MpsCapabilities } from '../drivers/mps/capabilities.ts';
import { runCommand } from '../drivers/process/run-command.ts';
import { gpuListFormat } from '../formats/listings/gpu-list.ts';
import { parseGpuQuery } from '../formats/csv/gpu-query.ts';
import { findRefusal } from '../formats/refusals/refusal.ts';
import type { CardAnswer, Told } from './evidence.ts';

const commandMsMax = 15_000;
const outputBytesMax = 4 * 1024 * 1024;
const cardColumns = [
  'index',
  'uuid',
  'driver_version',
  'persistence_mode',
  'compute_mode',
  'mig.mode.current',
  'mig.mode.pending',
];

/** Standard output of a command; what it refuses is an error with its own words. */
export type Run = (argv: readonly string[]) => Promise<string>;

export function createRun(signal: AbortSignal, clock: Clock): Run {
  return async (argv) => {
    const options = { argv, timeoutMs: commandMsMax, outputBytesMax, clock };
    const { exitCode, stdout, stderr } = await runCommand(options, signal);
    if (exitCode === 0) return stdout;
    const words = `${stdout}${stderr}`.trim();
    const said = words === '' ? `exit code ${exitCode}` : words.slice(0, 200);
    throw new Error(findRefusal(words)?.words ?? said);
  };
}

/** What `ask` answers, or why it could not. */
export async function told<T>(ask: () => Promise<T>): Promise<Told<T>> {
  try {
    return { kind: 'told', value: await ask() };
  } catch (error) {
    return { kind: 'untold', reason: errorChain(error) };
  }
}

export async function askCards(run: Run, smi: readonly string[]): Promise<readonly CardAnswer[]> {
  const format = '--format=csv,noheader,nounits';
  const text = await run([...smi, `--query-gpu=${cardColumns.join(',')}`, format]);
  const query = parseGpuQuery(text, cardColumns);
  if (!query.ok) throw new Error(query.problem.message);
  const [lost] = query.value.unreadable;
  if (query.value.gpus.length === 0 && lost !== undefined) throw new Error(lost);
  return query.value.gpus;
}

/** Of the instances that exist now; empty where that cannot be read. */
export async function askMigUuids(run: Run, smi: readonly string[]): Promise<readonly string[]> {
  const list = await told(async () => gpuListFormat.parse(await run([...smi, '-L'])));
  if (list.kind === 'untold' || !list.value.ok) return [];
  return list.value.value.gpus.flatMap((gpu) =>
    gpu.migDevices.flatMap(({ uuid }) => (uuid === null ? [] : [uuid])),
  );
}

/** The version that a program prints of itself. */
export async function askVersion(run: Run, argv: readonly string[]): Promise<string> {
  const text = await run(argv);
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? text.trim().slice(0, 80);
}

/** Throws where the program is missing; what it says of itself without a daemon tells what it can do. */
export async function askMps(
  run: Run,
  config: AgentConfig | null,
  signal: AbortSignal,
): Promise<MpsCapabilities> {
  const command = config?.mps.controlCommand ?? ['nvidia-cuda-mps-control'];
  const asked = await told(async () => run([...command, '--help']));
  // Any words of its own show that it is there; it ends with 1 for its help.
  if (asked.kind === 'untold' && /cannot find the program/i.test(asked.reason)) {
    throw new Error(asked.reason);
  }
  const help = asked.kind === 'told' ? asked.value : asked.reason;
  return findCapabilities({ pipe: null, help }, signal);
}

/** systemd’s word first; chrony’s where there is no systemd. Throws where neither tells. */
export async function askClock(run: Run): Promise<boolean> {
  if (existsSync('/run/systemd/timesync/synchronized')) return true;
  const show = ['timedatectl', 'show', '--property=NTPSynchronized', '--value'];
  const systemd = await told(async () => run(show));
  if (systemd.kind === 'told') return systemd.value.trim() === 'yes';
  const chrony = await told(async () => run(['chronyc', '-n', 'tracking']));
  if (chrony.kind === 'told') return /Leap status\s*:\s*Normal/.test(chrony.value);
  throw new Error('neither timedatectl nor chronyc tells whether a time server keeps it');
}
