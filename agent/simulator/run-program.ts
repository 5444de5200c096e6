import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { systemClock } from '../../shared/platform/clock.ts';
import { errorChain, errorHint } from '../../shared/platform/errors.ts';
import type { Surroundings } from './nvidia-smi/surroundings.ts';

/** Runs a program of the simulator in this process; what it throws becomes one line on stderr and exit status 1. */
export async function runProgram(
  name: string,
  run: (around: Surroundings) => Promise<number>,
): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  // Whoever read a loop has gone: there is nobody left to sample for.
  process.stdout.on('error', () => process.exit(0));
  try {
    process.exitCode = await run({
      argv: process.argv.slice(2),
      environment: process.env,
      clock: systemClock,
      procRoot: '/proc',
      bootId: bootId(),
      pid: process.pid,
      cpuCount: availableParallelism(),
      randomHex: (bytes) => randomBytes(bytes).toString('hex'),
      out: (text) => void process.stdout.write(text),
      err: (text) => void writeSync(2, text),
      toFile: (path) => {
        writeFileSync(path, '');
        return (text) => appendFileSync(path, text);
      },
      signal: stop.signal,
    });
  } catch (error) {
    const hint = errorHint(error);
    writeSync(2, `${name}: ${errorChain(error)}${hint === undefined ? '' : `; ${hint}`}\n`);
    process.exitCode = 1;
  }
}

/** The kernel gives each boot an id; instances do not survive into another one. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return 'unknown';
  }
}
