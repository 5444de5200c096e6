#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { systemClock } from '../../../shared/platform/clock.ts';
import { errorChain } from '../../../shared/platform/errors.ts';
import { bootId } from '../run-program.ts';
import { runMpsControl } from './program.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());

try {
  process.exitCode = await runMpsControl({
    argv: process.argv.slice(2),
    environment: process.env,
    clock: systemClock,
    pid: process.pid,
    bootId: bootId(),
    // From source the loader's flags are needed again; built JavaScript has none.
    self: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    readInput: async () => Promise.resolve(readFileSync(0, 'utf8')),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    signal: stop.signal,
  });
} catch (error) {
  process.stderr.write(`nvidia-cuda-mps-control: ${errorChain(error)}\n`);
  process.exitCode = 1;
}
