#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import tab from '@bomb.sh/tab/commander';
import { systemClock } from '../../shared/platform/clock.ts';
import { createAgentClient } from '../../shared/wire/services.ts';
import { packageVersion } from '../../shared/platform/version.ts';
import { createProgram } from './program.ts';
import { runCommandLine } from '../../shared/platform/command-line.ts';
import { explainAway } from './run.ts';
import { createAgentApi, type AgentApi } from './transport.ts';

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
    const client = createAgentClient(socket);
    clients.push(client);
    return explained(createAgentApi(client, socket, systemClock), socket);
  },
  out: (text) => void process.stdout.write(text),
  isTerminal: process.stdout.isTTY,
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
if (failed !== null) process.exitCode = failed;
for (const client of clients) client.close();

/** Every call of the API tells where it looked when nobody answers. */
function explained(api: AgentApi, socket: string): AgentApi {
  const wrap =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      try {
        return await call(...args);
      } catch (error) {
        throw explainAway(error, socket);
      }
    };
  return {
    node: wrap(api.node),
    gpus: wrap(api.gpus),
    replicas: wrap(api.replicas),
    top: wrap(api.top),
    events: wrap(api.events),
    logs: wrap(api.logs),
    shutdown: wrap(api.shutdown),
  };
}
