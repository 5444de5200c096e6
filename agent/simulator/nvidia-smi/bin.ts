#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { systemClock } from '../../../shared/platform/clock.ts';
import { errorChain, errorHint } from '../../../shared/platform/errors.ts';
import { runNvidiaSmi } from './program.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
// Whoever read a loop has gone: there is nobody left to sample for.
process.stdout.on('error', () => process.exit(0));

/** The kernel gives each boot an id; instances do not survive into another one. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return 'unknown';
  }
}

try {
  process.exitCode = await runNvidiaSmi({
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
  writeSync(2, `nvidia-smi-sim: ${errorChain(error)}${hint === undefined ? '' : `; ${hint}`}\n`);
  process.exitCode = 1;
}
