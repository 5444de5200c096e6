import { join } from 'node:path';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { systemClock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { createTrustClient } from '../../shared/wire/services.ts';
import { callUnary } from '../../shared/wire/unary.ts';
import { lastLines, startChild } from './child.ts';
import type { Layout } from './layout.ts';
import { program } from './wrappers.ts';

const tokenSeconds = 300;
const callMsMax = 15_000;
const logLinesShown = 5;

/** What an administrator does for a new host: a token, and the line that it is for. */
export interface JoinRun {
  readonly layout: Layout;
  /** `host:port` of the coordinator. */
  readonly address: string;
  readonly channel: ChannelCredentials;
  /** The agent's configuration. */
  readonly agentConfig: string;
}

/** Makes this machine a node, as any other host becomes one. One that has joined stays what it is. Throws PROCESS_FAILED. */
export async function joinAgent(run: JoinRun): Promise<void> {
  const { layout, agentConfig } = run;
  const { secretText, joinAddress } = await createToken(run);
  const logFile = join(layout.logDir, 'join.log');
  const child = startChild(
    {
      name: 'join',
      argv: [...program(layout, 'agent/main.js'), 'join', joinAddress, '--config', agentConfig],
      logFile,
      // Not as an argument: those of a process are for everybody on this machine to read.
      env: { TANGRAM_JOIN_TOKEN: secretText },
    },
    { append: false },
  );
  const how = await child.ended;
  if (how === 'exit 0') return;
  throw new AppError('PROCESS_FAILED', `this machine could not join its own cluster (${how})`, {
    hint: `${lastLines(logFile, logLinesShown)}\nto begin anew, remove ${layout.stateDir}`,
  });
}

async function createToken({ address, channel }: JoinRun) {
  const client = createTrustClient(address, channel);
  try {
    return await callUnary<object, { readonly secretText: string; readonly joinAddress: string }>(
      (request, options, answer) => client.createJoinToken(request, options, answer),
      { ttlSeconds: tokenSeconds, uses: 1 },
      {
        peer: 'the coordinator',
        away: 'COORDINATOR_AWAY',
        deadline: new Date(systemClock.wallMs() + callMsMax),
      },
    );
  } finally {
    client.close();
  }
}
