import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { explainAway } from '../../../../coordinator/cli/explain-away.ts';
import { makeAuthority } from '../../../../shared/pki/issue.ts';
import { AppError } from '../../../../shared/platform/errors.ts';
import { systemClock } from '../../../../shared/platform/clock.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  return `127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
}

async function tlsListener(): Promise<string> {
  const nowMs = systemClock.wallMs();
  const { certificatePem, keyPem } = await makeAuthority({
    name: 'somebody',
    validity: { notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 60_000 },
    pathLength: 0,
    issuer: null,
  });
  return listening(
    createTlsServer({ cert: certificatePem, key: keyPem, ALPNProtocols: ['h2'] }, (socket) =>
      socket.on('error', () => undefined),
    ),
  );
}

/** As the gRPC library tells of a connection that did not come about. */
const away = (cause: string): AppError =>
  new AppError('COORDINATOR_AWAY', 'the coordinator does not answer', { cause: new Error(cause) });
const broken = 'No connection established. Last error: Failed to connect';

test('in plaintext, a coordinator with TLS is told from one that is away', async () => {
  const address = await tlsListener();
  const told = await explainAway(away(broken), { address, inPlaintext: true });
  expect(told).toMatchObject({
    code: 'COORDINATOR_AWAY',
    message: `the coordinator at ${address} wants to know who asks, and no credentials were found`,
    hint: expect.stringMatching(/sudo.*context file/),
  });
});

test('who came with credentials is not told to find some', async () => {
  const address = await tlsListener();
  const told = await explainAway(away(broken), { address, inPlaintext: false });
  expect(told).toMatchObject({ hint: expect.stringMatching(/^does it know you\?/) });
});

test('a listener that breaks the line is not taken for one with TLS', async () => {
  const address = await listening(createServer((socket) => socket.destroy()));
  const told = await explainAway(away(broken), { address, inPlaintext: true });
  expect(told).toMatchObject({ message: 'the coordinator does not answer' });
});

test('where nobody listens, nobody is asked', async () => {
  const refused = away('connect ECONNREFUSED 127.0.0.1:1');
  const told = await explainAway(refused, { address: '127.0.0.1:1', inPlaintext: true });
  expect(told).toMatchObject({
    cause: 'nobody listens there',
    hint: expect.stringMatching(/^is the coordinator at 127\.0\.0\.1:1 running\?/),
  });
});

test('what a coordinator answered stays as it is', async () => {
  const answered = new AppError('MODEL_UNKNOWN', 'no model "x"');
  expect(await explainAway(answered, { address: 'a:1', inPlaintext: true })).toBe(answered);
});
