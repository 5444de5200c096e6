#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import tab from '@bomb.sh/tab/commander';
import { systemClock } from '../../shared/platform/clock.ts';
import { createAgentClients } from '../../shared/wire/services.ts';
import { packageVersion } from '../../shared/platform/version.ts';
import { migExitCode } from './commands/mig.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './top/terminal.ts';
import { runCommandLine } from '../../shared/platform/command-line.ts';
import { createAgentDoor } from './api/agent-door.ts';

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
  process.exitCode = 130;
});
const clients: { close(): void }[] = [];

const program = createProgram({
  version: packageVersion,
  socket: process.env['TANGRAM_SOCKET'],
  connect: (socket) => {
    const found = createAgentClients(socket);
    clients.push(found);
    return createAgentDoor(found, socket, systemClock);
  },
  out: (text) => void process.stdout.write(text),
  terminal:
    process.stdin.isTTY && process.stdout.isTTY
      ? processTerminal(process.stdin, process.stdout, process.env)
      : null,
  confirm: async (question) => {
    if (!process.stdin.isTTY) return false;
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await prompt.question(`${question} [y/N] `, { signal: interrupted.signal });
    prompt.close();
    return /^y(es)?$/i.test(answer.trim());
  },
  clock: systemClock,
  signal: interrupted.signal,
  setExitCode: (code) => {
    process.exitCode = code;
  },
});
tab(program);

const failed = await runCommandLine(
  program,
  process.argv.slice(2),
  (text) => void process.stderr.write(text),
);
const exitCode = migExitCode(program, failed);
if (exitCode !== null) process.exitCode = exitCode;
for (const client of clients) client.close();
