#!/usr/bin/env node
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import tab from '@bomb.sh/tab/commander';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { systemClock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { packageVersion } from '../../shared/platform/version.ts';
import { connectCoordinator, type CoordinatorClient } from './client.ts';
import { connectAny } from './connect-any.ts';
import { contextChannel, readContext } from './context.ts';
import type { ManifestText } from './deps.ts';
import { realHost } from './host.ts';
import { createProgram } from './program.ts';
import { exitCodes, runProgram } from './run.ts';

const callTimeoutMs = 15_000;
const standardInput = 0;

// What the library would say on its own about a lost connection is said once, by us.
setLogVerbosity(logVerbosity.NONE);
// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failure);
});
const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
  process.exitCode = exitCodes.interrupted;
});
const clients: CoordinatorClient[] = [];
const deadline = (): Date => new Date(systemClock.wallMs() + callTimeoutMs);

const program = createProgram({
  version: packageVersion,
  readContext: (named) => readContext(named),
  connect: (addresses, context) => {
    const channel = contextChannel(context);
    const client = connectAny(addresses, {
      connect: (address) => connectCoordinator(address, deadline, channel),
      clock: systemClock,
      signal: interrupted.signal,
    });
    clients.push(client);
    return client;
  },
  out: (text) => void process.stdout.write(text),
  note: (text) => void process.stderr.write(text),
  readManifest,
  interactive: process.stdin.isTTY && process.stdout.isTTY,
  confirm: async (question) => {
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = await prompt.question(`${question} [y/N] `, { signal: interrupted.signal });
      return /^y(es)?$/i.test(answer.trim());
    } catch {
      // Interrupted: that is a no.
      return false;
    } finally {
      prompt.close();
    }
  },
  host: realHost,
  clock: systemClock,
  signal: interrupted.signal,
  setExitCode: (code) => {
    if (!interrupted.signal.aborted) process.exitCode = code;
  },
});
tab(program, { completionCommandName: 'completion' });

const failed = await runProgram(
  program,
  process.argv.slice(2),
  (text) => void process.stderr.write(text),
);
if (failed !== null && !interrupted.signal.aborted) process.exitCode = failed;
for (const client of clients) client.close();

function readManifest(path: string): ManifestText {
  try {
    if (path === '-') return { kind: 'text', text: readFileSync(standardInput, 'utf8') };
    if (statSync(path).isDirectory()) {
      const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name));
      return { kind: 'folder', paths: names.sort().map((name) => join(path, name)) };
    }
    return { kind: 'text', text: readFileSync(path, 'utf8') };
  } catch (cause) {
    throw new AppError('REQUEST_INVALID', `cannot read ${path}`, { cause });
  }
}
