import { connect, createServer, type Server, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChaosProxy } from '../fakes/chaos-proxy.ts';
import { until } from './until.ts';

/** Echoes; `served` holds what is open on its side. */
let echo: Server;
let served: Socket[] = [];
let proxy: ChaosProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  served = [];
  echo = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const address = echo.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxy = await ChaosProxy.before(`127.0.0.1:${address.port}`, null, () => 0.5);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  for (const socket of served) socket.destroy();
  await new Promise((resolve) => echo.close(resolve));
});

interface Told {
  readonly socket: Socket;
  text: string;
  ended: boolean;
  error: string;
  closed: boolean;
}

async function dial(at = proxy.endpoint): Promise<Told> {
  const [host = '', port] = at.split(':');
  const socket = port === undefined ? connect(at) : connect(Number(port), host);
  clients.push(socket);
  const told: Told = { socket, text: '', ended: false, error: '', closed: false };
  socket.on('data', (bytes: Buffer) => (told.text += bytes.toString('latin1')));
  socket.on('end', () => (told.ended = true));
  socket.on('close', () => (told.closed = true));
  socket.on('error', (error) => (told.error = 'code' in error ? String(error.code) : 'error'));
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', () => resolve());
  });
  return told;
}

async function echoMs(told: Told, text: string): Promise<number> {
  const fromMs = performance.now();
  const wanted = told.text.length + text.length;
  told.socket.write(text);
  await until(() => expect(told.text.length).toBe(wanted));
  return performance.now() - fromMs;
}

test('left alone it passes everything on, ends included', async () => {
  const told = await dial();
  const text = 'x'.repeat(3_000_000);
  told.socket.end(text);
  await until(() => expect([told.text.length, told.ended]).toEqual([text.length, true]));
  await until(() => expect(proxy.open).toBe(0));
  expect(proxy.accepted).toBe(1);
});

test('delays and jitter add up, there and back, and the order stays', async () => {
  proxy.both({ delayMs: 60, jitterMs: 80 });
  const told = await dial();
  expect(await echoMs(told, 'hello')).toBeGreaterThanOrEqual(200);
  for (const each of ['1', '2', '3', '4']) told.socket.write(each);
  await until(() => expect(told.text).toBe('hello1234'));
});

test('a narrow line takes its time', async () => {
  proxy.set({ toServer: { bytesPerSecond: 100_000 } });
  const told = await dial();
  expect(await echoMs(told, 'y'.repeat(50_000))).toBeGreaterThan(400);
});

test('a cut way holds back until it is mended; the other way goes on', async () => {
  const told = await dial();
  await echoMs(told, 'a');
  proxy.set({ toClient: { held: true } });
  told.socket.write('b');
  // The server heard it: only the answer is held.
  await until(() => expect(served[0]?.bytesRead).toBe(2));
  expect(told.text).toBe('a');
  proxy.heal();
  await until(() => expect(told.text).toBe('ab'));
});

test('a turned bit arrives where it was asked for', async () => {
  proxy.set({ toServer: { flipEvery: 4 } });
  const told = await dial();
  await echoMs(told, 'aaaaaaaaa');
  expect(told.text).toBe('`aaa`aaa`');
});

test('a reset is a reset, for both sides', async () => {
  const told = await dial();
  await echoMs(told, 'a');
  const [server] = served;
  proxy.reset();
  await until(() => expect([told.error, server?.destroyed]).toEqual(['ECONNRESET', true]));
});

test('whoever comes can be met with silence, or with a reset', async () => {
  proxy.welcome('silence');
  const silent = await dial();
  silent.socket.write('is anybody there?');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([silent.text, silent.closed, served.length]).toEqual(['', false, 0]);
  proxy.welcome('reset');
  const refused = await dial();
  await until(() => expect(refused.error).toBe('ECONNRESET'));
});

test('a server that goes leaves its client half open where ends are not told', async () => {
  const told = await dial();
  await echoMs(told, 'a');
  proxy.keepEndsToItself();
  served[0]?.destroy();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect([told.ended, told.closed]).toEqual([false, false]);
});

test('it stands before a unix socket as well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tg-chaos-'));
  const path = join(folder, 's');
  const server = createServer((socket) => socket.end('engine'));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const before = await ChaosProxy.before(path, join(folder, 'p'));
  const told = await dial(before.endpoint);
  await until(() => expect([told.text, told.ended]).toEqual(['engine', true]));
  await before.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});
