import type { Clock } from '../../../shared/platform/clock.ts';
import type { Reply } from './reply.ts';

/** Everything that a program of the simulator takes from outside. */
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

export function say(out: (text: string) => void, answered: Reply): number {
  if (answered.lines.length > 0) out(`${answered.lines.join('\n')}\n`);
  return answered.exitCode;
}

/** The simulator's own complaints go to stderr: the real tools say everything on stdout. */
export function complain(around: Surroundings, answered: Reply): number {
  around.err(`${answered.lines.join('\n')}\n`);
  return answered.exitCode;
}

const foreverMs = 24 * 3_600_000;

/** Does nothing until the program is told to end. */
export async function hang(around: Surroundings): Promise<void> {
  while (await rest(around, foreverMs)) continue;
}

/** Waits; false: the program was told to end meanwhile. */
export async function rest(around: Surroundings, ms: number): Promise<boolean> {
  if (around.signal.aborted) return false;
  if (ms <= 0) return true;
  try {
    await around.clock.sleep(ms, around.signal);
    return true;
  } catch {
    return false;
  }
}
