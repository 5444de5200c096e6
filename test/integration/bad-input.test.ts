import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createLinkClient } from '../../shared/wire/services.ts';
import { Daemon, eventually, programs, TestCluster, webServer } from './cluster-harness.ts';

const cluster = new TestCluster();
const node = 'node-a';

beforeAll(async () => {
  await cluster.startCoordinator();
  await cluster.startAgent(node, { cards: 'A100-40GB' });
});
afterAll(() => cluster.stop());

function file(name: string, text: string): string {
  const path = join(cluster.folder, name);
  writeFileSync(path, text);
  return path;
}

function manifest(name: string, gpu: object): object {
  return {
    apiVersion: 'tangram/v1',
    kind: 'Model',
    metadata: { name },
    spec: { process: { command: [process.execPath, webServer] }, gpu },
  };
}

/** One error is one line or a short list, and never a stack. */
function oneError(stderr: string): string {
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr.trim()).not.toBe('');
  return stderr;
}

describe('a manifest', () => {
  test.for([
    {
      name: 'with an unknown key names it and its line',
      text: stringify(manifest('x', { memory: '1GiB', memroy: '2GiB' })),
      says: /manifest\.yaml:\d+:\d+.*memroy/s,
    },
    { name: 'that is not YAML', text: 'a: [1\nb: }', says: /manifest\.yaml:\d+:\d+/ },
    { name: 'that is empty', text: '', says: /manifest\.yaml/ },
    {
      name: 'with a key that is not built yet refuses it by name',
      text: stringify({
        ...manifest('x', { memory: '1GiB' }),
        spec: { image: 'x:1', artifact: { uri: 's3://x' }, gpu: { memory: '1GiB' } },
      }),
      says: /artifact/,
    },
    {
      name: 'that declares one name twice',
      text: [manifest('x', { memory: '1GiB' }), manifest('x', { memory: '2GiB' })]
        .map((each) => stringify(each))
        .join('---\n'),
      says: /"x"|x.*twice|duplicate/i,
    },
    {
      name: 'with a size that is none',
      text: stringify(manifest('x', { memory: '9 gigs' })),
      says: /9 gigs.*9GiB/s,
    },
  ])('$name', ({ text, says }) => {
    const ran = cluster.tangram('apply', '-f', file('manifest.yaml', text), '--yes');
    expect(ran.code).not.toBe(0);
    expect(oneError(ran.stderr)).toMatch(says);
  });

  test('that is missing', () => {
    const ran = cluster.tangram('apply', '-f', join(cluster.folder, 'none.yaml'), '--yes');
    expect(ran.code).not.toBe(0);
    expect(oneError(ran.stderr)).toContain('none.yaml');
  });

  test('that asks for more than any card has is accepted, waits, and why says so', async () => {
    expect(cluster.apply(manifest('impossible', { memory: '500GiB' })).code).toBe(0);
    const why = await eventually('why knows', () => {
      const asked = cluster.tangram('why', 'impossible');
      return asked.stdout.includes('no card is that big') && asked;
    });
    expect(why.code).toBe(3);
    cluster.tangram('delete', 'impossible', '--yes');
  });
});

describe('a command', () => {
  test('for a model that does not exist', () => {
    const ran = cluster.tangram('why', 'nobody');
    expect(ran.code).toBe(3);
    expect(oneError(ran.stderr)).toContain('nobody');
  });

  test('to a coordinator that is away says so and what to do', () => {
    const ran = cluster.tangram('--coordinator', '127.0.0.1:1', 'ps');
    expect(ran.code).toBe(5);
    expect(oneError(ran.stderr)).toContain('127.0.0.1:1');
  });

  test('to an agent that is away says so and what to do', () => {
    const ran = cluster.agentctl('nowhere', 'ls');
    expect(ran.code).toBe(5);
    expect(oneError(ran.stderr)).toContain('nowhere.sock');
  });

  test('with an unknown flag', () => {
    const ran = cluster.tangram('ps', '--bogus');
    expect(ran.code).toBe(2);
    expect(oneError(ran.stderr)).toContain('--bogus');
  });
});

describe('a start', () => {
  let taken: Server | undefined;
  let port = 0;
  beforeAll(async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken?.once('listening', resolve));
    const address = taken.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => taken?.close());

  async function failsToStart(program: string, config: object): Promise<string> {
    const path = file(`start-${process.hrtime.bigint()}.yaml`, stringify(config));
    const daemon = new Daemon(cluster.folder, `failing-${process.hrtime.bigint()}`, [
      program,
      '--config',
      path,
    ]);
    await eventually('it gives up', () => !daemon.running);
    return oneError(daemon.log());
  }

  const coordinator = (change: object): object => ({
    stateDir: join(cluster.folder, `state-${process.hrtime.bigint()}`),
    tls: 'off',
    grpc: '127.0.0.1:0',
    http: '127.0.0.1:0',
    ...change,
  });

  test('on a port that is taken', async () => {
    const said = await failsToStart(
      programs.coordinator,
      coordinator({ grpc: `127.0.0.1:${port}` }),
    );
    expect(said).toContain(String(port));
    expect(said).toMatch(/another process listens/);
  });

  test('on an address that is not loopback', async () => {
    expect(await failsToStart(programs.coordinator, coordinator({ grpc: '0.0.0.0:7443' }))).toMatch(
      /loopback/,
    );
  });

  test('with an unknown key', async () => {
    expect(await failsToStart(programs.coordinator, coordinator({ grcp: 'x' }))).toContain('grcp');
  });

  test('on a store that is corrupt', async () => {
    const stateDir = join(cluster.folder, 'corrupt');
    mkdirSync(stateDir);
    // Whatever the file is called: every database below the folder is rubbish.
    const healthy = new TestCluster();
    await healthy.startCoordinator({ stateDir });
    await healthy.stop();
    for (const name of readdirSync(stateDir)) {
      const path = join(stateDir, name);
      if (name.endsWith('.db')) writeFileSync(path, Buffer.alloc(8_192, 'x'));
      // A write-ahead log would rightly mend the file.
      if (/-(wal|shm)$/.test(name)) rmSync(path);
    }
    const said = await failsToStart(programs.coordinator, coordinator({ stateDir }));
    expect(said).toMatch(/cannot use the store/);
    expect(said).toMatch(/backup|move/);
  });

  test('of a second coordinator on the same state', async () => {
    const said = await failsToStart(
      programs.coordinator,
      coordinator({ stateDir: join(cluster.folder, 'coordinator') }),
    );
    expect(said).toMatch(/another process/);
  });
});

describe('a tool that lies', () => {
  async function agentWith(name: string, nvidiaSmi: readonly string[]): Promise<void> {
    await cluster.startAgent(name, { cards: 'L4', extra: { nvidiaSmi: { command: nvidiaSmi } } });
  }

  test.for([
    { name: 'is-missing', command: ['/no/such/nvidia-smi'], says: /no\/such\/nvidia-smi/ },
    { name: 'prints-rubbish', command: ['/bin/echo', 'hello'], says: /nvidia-smi|driver/i },
    { name: 'hangs', command: ['/bin/sleep', '1000'], says: /nvidia-smi|time|answer|sleep/i },
  ])(
    'nvidia-smi $name: the agent lives, says so, and serves models on CPU',
    async ({ name, command, says }) => {
      await agentWith(name, command);
      await eventually(`${name} tells what is wrong`, () => {
        const shown =
          cluster.agentctl(name, 'events').stdout +
          cluster.agentctl(name, 'ls').stdout +
          cluster.agentctl(name, 'ls').stderr +
          cluster.agentctl(name, 'doctor').stdout;
        return says.test(shown);
      });
      expect(cluster.agents.get(name)?.running).toBe(true);
      await eventually('the coordinator knows the node', () =>
        cluster.tangram('get', 'nodes').stdout.includes(name),
      );
      await cluster.agents.get(name)?.end('SIGTERM');
    },
  );

  test('Docker that is away is a reason, and the agent lives', async () => {
    await cluster.startAgent('no-docker', {
      cards: 'L4',
      runtime: 'docker',
      extra: { docker: { socket: join(cluster.folder, 'none.sock') } },
    });
    expect(
      cluster.apply({
        apiVersion: 'tangram/v1',
        kind: 'Model',
        metadata: { name: 'boxed' },
        spec: { image: 'x:1', gpu: { memory: '1GiB' }, placement: { constraints: {} } },
      }).code,
    ).toBe(0);
    const why = await eventually('why names the runtime', () => {
      const asked = cluster.tangram('why', 'boxed');
      return /docker/i.test(asked.stdout) && asked;
    });
    expect(why.code).toBe(3);
    expect(cluster.agents.get('no-docker')?.running).toBe(true);
    cluster.tangram('delete', 'boxed', '--yes');
  });
});

test('an agent of a newer protocol is refused with both numbers, and the others stay connected', async () => {
  const client = createLinkClient(cluster.grpc);
  const stream = client.control();
  const refused = new Promise<string>((resolve) =>
    stream.on('error', (error) => resolve(error.message)),
  );
  stream.on('data', () => undefined);
  stream.write({
    hello: {
      protocolVersion: 99,
      inventory: { node: 'from-the-future', bootId: 'b', gpuHandout: 'env' },
    },
  });
  const message = await refused;
  expect(message).toContain('99');
  expect(message).toContain('FAILED_PRECONDITION');
  client.close();
  expect(cluster.tangram('get', 'nodes').stdout).toMatch(/node-a .*ready/);
});
