import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseJoinToken } from '../../shared/pki/join-token.ts';
import { renderJoinToken } from '../../shared/pki/join-token.ts';
import { Daemon, eventually, programs, type Ran } from './cluster-harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'tg-join-'));
const state = join(folder, 'coordinator');
const admin = join(state, 'admin.yaml');
const daemons: Daemon[] = [];
/** Every token that was made: none may be found in anything that was written. */
const secrets: string[] = [];
let ready = { grpc: '', join: '' };

/** A renewal is due within the tests, and the first certificate ends while they run. */
const nodeCertificateLife = '1m';
let joinedMs = 0;

beforeAll(async () => {
  const file = join(folder, 'coordinator.yaml');
  const readyFile = join(folder, 'ready.json');
  const keys = { stateDir: state, grpc: '127.0.0.1:0', join: '127.0.0.1:0', http: '127.0.0.1:0' };
  const ca = { nodeCertificateLife };
  writeFileSync(file, stringify({ ...keys, ca, readyFile, log: { level: 'debug' } }));
  start('coordinator', [programs.coordinator, '--config', file]);
  ready = await eventually('the coordinator listens', () =>
    existsSync(readyFile)
      ? (JSON.parse(readFileSync(readyFile, 'utf8')) as typeof ready)
      : undefined,
  );
});

afterAll(async () => {
  for (const daemon of daemons.toReversed()) await daemon.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

function start(name: string, argv: readonly string[]): Daemon {
  const daemon = new Daemon(folder, name, argv);
  daemons.push(daemon);
  return daemon;
}

function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const ran = spawnSync(process.execPath, argv, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

function tangram(...args: readonly string[]): Ran {
  return run([programs.tangram, ...args], { TANGRAM_CONFIG: admin });
}

/** The words of the line that a person pastes. */
function tokenLine(...options: readonly string[]): readonly string[] {
  const made = tangram('token', 'create', ...options);
  expect(made).toMatchObject({ code: 0 });
  const words = made.stdout.trim().split(' ');
  expect(words.slice(0, 2)).toEqual(['tangram-agent', 'join']);
  secrets.push(words[4]?.split('.')[3] ?? '');
  return words;
}

function configOf(node: string): string {
  const file = join(folder, `${node}.yaml`);
  if (!existsSync(file)) {
    writeFileSync(
      file,
      stringify({
        node,
        stateDir: join(folder, node),
        socket: join(folder, `${node}.sock`),
        http: '127.0.0.1:0',
        nvidiaSmi: { enabled: false },
        docker: { enabled: false },
        mps: { dir: join(folder, 'm') },
      }),
    );
  }
  return file;
}

/** Pastes the line on the host `node`. */
function joinAs(node: string, [, , address = '', , token = '']: readonly string[]): Ran {
  return run([programs.agent, 'join', address, '--token', token, '--config', configOf(node)]);
}

async function readyNode(node: string): Promise<void> {
  await eventually(`${node} is ready`, () =>
    new RegExp(`^${node} .*ready`, 'm').test(tangram('get', 'nodes').stdout),
  );
}

test('a pasted line makes a host a node; its agent connects, and the same line again changes nothing', async () => {
  const line = tokenLine('--node-pattern', 'node-*', '--label', 'zone=eu-1');
  const joined = joinAs('node-a', line);
  expect(joined).toMatchObject({ code: 0, stderr: '' });
  expect(joined.stdout).toMatch(/^node-a joined cluster-\w+; its certificate is valid until /);
  expect(parse(readFileSync(configOf('node-a'), 'utf8'))).toMatchObject({
    coordinator: ready.grpc,
    labels: { zone: 'eu-1' },
  });
  const identity = join(folder, 'node-a/identity');
  expect(readdirSync(identity).toSorted()).toEqual(['identity.pem', 'trust.pem']);
  expect(statSync(join(identity, 'identity.pem')).mode & 0o777).toBe(0o600);
  expect(statSync(admin).mode & 0o777).toBe(0o600);

  start('node-a', [programs.agent, '--config', configOf('node-a')]);
  joinedMs = Date.now();
  await readyNode('node-a');
  const again = joinAs('node-a', line);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toMatch(/^node-a is a node of cluster-\w+ already/);
  expect(tangram('token', 'list').stdout).not.toContain(line[4]?.split('.')[2]);
});

describe('a host is not let in', () => {
  const flip = (
    token: string,
    change: (parts: { rootDigest: string; id: string; secret: Uint8Array }) => object,
  ): string => {
    const parsed = parseJoinToken(token);
    if (!parsed.ok) throw new Error('no token');
    return renderJoinToken({ ...parsed.value, ...change(parsed.value) });
  };
  const with4 = (line: readonly string[], token: string): readonly string[] => [
    ...line.slice(0, 4),
    token,
  ];

  test('with a token of another cluster, and the secret stays here', () => {
    const line = tokenLine();
    const other = flip(line[4] ?? '', () => ({ rootDigest: '00'.repeat(32) }));
    const ran = joinAs('node-x', with4(line, other));
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/not of the cluster that answers at .*its secret was not sent/);
  });

  test('with one bit of the secret flipped', () => {
    const line = tokenLine();
    const other = flip(line[4] ?? '', ({ secret }) => ({
      secret: secret.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
    }));
    const ran = joinAs('node-x', with4(line, other));
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not known to the cluster'),
    });
  });

  test('with a token that was revoked', () => {
    const line = tokenLine();
    expect(tangram('token', 'revoke', line[4]?.split('.')[2] ?? '')).toMatchObject({ code: 0 });
    expect(joinAs('node-x', line).stderr).toContain('is not known to the cluster');
  });

  test('with a token for other nodes', () => {
    const line = tokenLine('--node-pattern', 'cpu-*');
    expect(joinAs('node-x', line).stderr).toContain('is for nodes named cpu-*, not for node-x');
  });

  test('with half a token, which is not repeated', () => {
    const line = tokenLine();
    const half = (line[4] ?? '').slice(0, -9);
    const ran = joinAs('node-x', with4(line, half));
    expect(ran.stderr).toContain('this is no join token');
    expect(ran.stderr).not.toContain(half.split('.')[3]);
  });

  test('where nobody answers', async () => {
    const free = await freeAddress();
    const line = tokenLine();
    const ran = joinAs('node-x', [...line.slice(0, 2), free, ...line.slice(3)]);
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`the coordinator at ${free} does not answer`),
    });
  });
});

test('a certificate is renewed with a fresh key while the stream goes on', async () => {
  const file = join(folder, 'node-a/identity/identity.pem');
  const before = readFileSync(file, 'utf8');
  const connected = count('an agent connected');
  await eventually('it is renewed', () => readFileSync(file, 'utf8') !== before, 60_000);
  expect(readFileSync(file, 'utf8').split('-----END PRIVATE KEY-----')[0]).not.toBe(
    before.split('-----END PRIVATE KEY-----')[0],
  );
  expect(count('an agent connected')).toBe(connected);
  await readyNode('node-a');
}, 90_000);

test('a root is rotated under a live fleet, and the old one retired once every node has followed', async () => {
  const status = (): { roots: { issuing: boolean }[]; nodesBehind: string[] } => {
    const ran = tangram('ca', 'status', '--json');
    if (ran.code !== 0) throw new Error(ran.stderr);
    return JSON.parse(ran.stdout).authority;
  };
  const trust = (): number =>
    readFileSync(join(folder, 'node-a/identity/trust.pem'), 'utf8').split('BEGIN').length - 1;
  const connected = count('an agent connected');
  expect(tangram('ca', 'rotate', '--overlap', '10s', '--yes')).toMatchObject({ code: 0 });
  await eventually('the agent is told before it is used', () => trust() === 2, 10_000);
  await eventually('the new root issues', () => status().roots[1]?.issuing);
  await eventually('the node follows', () => status().nodesBehind.length === 0, 90_000);
  expect(tangram('ca', 'retire', '--yes')).toMatchObject({ code: 0 });
  await eventually('one root is left', () => status().roots.length === 1);
  await eventually('the agent forgets the old root', () => trust() === 1, 30_000);
  // The stream outlives the certificate that it began with, and is looked at each second.
  await eventually('the first certificate has ended', () => Date.now() > joinedMs + 63_000, 63_000);
  expect(count('an agent connected')).toBe(connected);
  expect(tangram('get', 'nodes').stdout).toMatch(/^node-a .*ready/m);
}, 150_000);

test('revoking a node ends its stream within 5 s, and it cannot come back', async () => {
  const log = (): string => daemons[0]?.log() ?? '';
  const lost = count('an agent disconnected');
  const startedMs = Date.now();
  expect(tangram('cert', 'revoke', 'node-a', '--yes')).toMatchObject({ code: 0 });
  await eventually('its stream ends', () => count('an agent disconnected') > lost, 5_000);
  expect(Date.now() - startedMs).toBeLessThan(5_000);
  const connected = count('an agent connected');
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(count('an agent connected')).toBe(connected);
  expect(log()).not.toContain('"level":"error"');
}, 30_000);

test('a removed node cannot come back with what it was issued', async () => {
  expect(joinAs('node-r', tokenLine())).toMatchObject({ code: 0 });
  const agent = start('node-r', [programs.agent, '--config', configOf('node-r')]);
  await readyNode('node-r');
  const refused = tangram('node', 'remove', 'node-r', '--yes');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('the agent of node-r is connected');
  await agent.end('SIGTERM');
  const removed = await eventually('node-r is removed', () => {
    const ran = tangram('node', 'remove', 'node-r', '--yes');
    return ran.code === 0 && ran;
  });
  expect(removed.stdout).toContain('node node-r is forgotten, with 0 replicas');
  expect(tangram('get', 'nodes').stdout).not.toContain('node-r');
  const back = start('node-r-again', [programs.agent, '--config', configOf('node-r')]);
  await eventually('it is told why', () => /revoked/.test(back.log()));
  expect(tangram('get', 'nodes').stdout).not.toContain('node-r');
  await back.end('SIGTERM');
}, 120_000);

test('somebody else gets a context of their own: a key that never travelled, one role, until it is deleted', () => {
  const file = join(folder, 'people', 'ada.yaml');
  mkdirSync(join(folder, 'people'));
  const made = tangram('user', 'create', 'ada', '--role', 'viewer', '--context', file);
  expect(made).toMatchObject({ code: 0 });
  expect(made.stderr).toContain(`wrote ${file}: ada uses it`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const as = (...args: readonly string[]): Ran =>
    run([programs.tangram, ...args], { TANGRAM_CONFIG: file });
  expect(as('whoami').stdout).toMatch(/ada[\s\S]*viewer/);
  expect(as('get', 'nodes')).toMatchObject({ code: 0 });
  const denied = as('cordon', 'node-a', '--yes');
  expect(denied.code).not.toBe(0);
  expect(denied.stderr).toMatch(/ada/);
  const second = join(folder, 'people', 'ada-2.yaml');
  expect(tangram('user', 'certificate', 'ada', '--context', second)).toMatchObject({ code: 0 });
  expect(tangram('user', 'delete', 'ada', '--yes')).toMatchObject({ code: 0 });
  // A name that comes back is somebody else: what was issued before counts no more.
  expect(tangram('user', 'create', 'ada', '--role', 'admin')).toMatchObject({ code: 0 });
  expect(as('whoami').code).not.toBe(0);
}, 120_000);

test('nothing older than TLS 1.3, and no plaintext, is spoken on either door', async () => {
  for (const address of [ready.grpc, ready.join]) {
    expect(await handshake(address, 'TLSv1.2')).toMatch(
      /PROTOCOL_VERSION|protocol version|EPROTO/i,
    );
  }
  expect(await handshake(ready.join, 'TLSv1.3')).toBe('h2');
  const plain = run([programs.tangram, '--coordinator', ready.grpc, 'ps'], {
    TANGRAM_CONFIG: '',
    HOME: folder,
  });
  expect(plain.code).not.toBe(0);
});

test('no secret of a token is in any log', () => {
  expect(secrets.length).toBeGreaterThan(5);
  for (const daemon of daemons) {
    for (const secret of secrets) expect(daemon.log()).not.toContain(secret);
    expect(daemon.log()).not.toContain('PRIVATE KEY');
  }
});

function count(message: string): number {
  return (daemons[0]?.log() ?? '').split(`"msg":"${message}"`).length - 1;
}

async function freeAddress(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
      server.close(() => resolve(`127.0.0.1:${port}`));
    });
  });
}

/** The protocol that was agreed on within TLS, or what went wrong. */
async function handshake(address: string, version: 'TLSv1.2' | 'TLSv1.3'): Promise<string> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect(
      {
        host,
        port: Number(port),
        minVersion: version,
        maxVersion: version,
        ALPNProtocols: ['h2'],
        rejectUnauthorized: false,
      },
      () => {
        resolve(socket.alpnProtocol || 'none');
        socket.destroy();
      },
    );
    socket.on('error', (error) => resolve(error.message));
  });
}
