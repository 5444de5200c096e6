import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureTestImage, type TestImage } from '../setup/docker-image.ts';
import { needs } from '../setup/needs.ts';
import { eventually, TestCluster, webServer } from './cluster-harness.ts';

interface Container {
  readonly Id: string;
  readonly State: { readonly StartedAt: string; readonly Running: boolean };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly Privileged: boolean;
    readonly CapDrop: readonly string[];
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[];
    readonly NetworkMode: string;
    readonly PidMode: string;
    readonly LogConfig: { readonly Config: Readonly<Record<string, string>> };
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>>;
  };
}

const node = `e2e-${process.pid}`;
const cluster = new TestCluster();
let image: TestImage = { available: false, reason: 'not asked yet' };

const docker = (...args: readonly string[]): string =>
  execFileSync('docker', args, { encoding: 'utf8', timeout: 180_000 });

function containers(): Container[] {
  const ids = docker('ps', '-aq', '--filter', `label=io.tangram.node=${node}`)
    .split('\n')
    .filter(Boolean);
  // `docker inspect` prints the engine's own JSON.
  return ids.length === 0 ? [] : (JSON.parse(docker('inspect', ...ids)) as Container[]);
}

function model(name: string, gpu: object, imageName: string): object {
  return {
    apiVersion: 'tangram/v1',
    kind: 'Model',
    metadata: { name },
    spec: {
      image: imageName,
      args: ['--input-type=module', '-e', readFileSync(webServer, 'utf8')],
      env: { HOST: '0.0.0.0' },
      gpu,
      cpu: 0.5,
      memory: '256MiB',
      port: 8000,
      health: { path: '/healthz', startupDeadline: '30s' },
    },
  };
}

async function readyAddresses(count: number): Promise<string[]> {
  return eventually(`${count} replicas are ready; ${cluster.tangram('ps').stdout}`, () => {
    const listed = cluster.tangram('ps', '--json').stdout;
    const ready = [...listed.matchAll(/"phase":\s*"(?:REPLICA_PHASE_)?READY"/gi)].length;
    const addresses = [...listed.matchAll(/"address":\s*"([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    return ready === count && addresses.length === count && addresses;
  });
}

beforeAll(async () => {
  image = await ensureTestImage();
  if (!image.available) return;
  await cluster.startCoordinator();
  await cluster.startAgent(node, { cards: '2xA100-40GB,L40S', runtime: 'docker' });
});
beforeEach((context) =>
  needs(context, 'docker', image.available ? { available: true, reason: '' } : image),
);
afterAll(async () => {
  if (image.available) {
    for (const container of containers()) docker('rm', '-f', container.Id);
  }
  await cluster.stop();
});

const tag = (): string => (image.available ? image.tag : 'none');

test('models run as containers with limits and without privileges, each on its slice', async () => {
  cluster.apply(model('alpha', { memory: '4GiB', isolation: 'mig' }, tag()));
  cluster.apply(model('beta', { memory: '9GiB', isolation: 'mig' }, tag()));
  cluster.apply(
    model('gamma', { memory: '6GiB', compute: 20, isolation: 'mps', models: ['L40S'] }, tag()),
  );
  const addresses = await readyAddresses(3);
  const devices = await Promise.all(
    addresses.map(async (address) => {
      const answer = (await (await fetch(`http://${address}/`)).json()) as {
        env: Record<string, string>;
      };
      return answer.env['CUDA_VISIBLE_DEVICES'] ?? 'none';
    }),
  );
  expect(devices.map((device) => device.slice(0, 4)).sort()).toEqual(['GPU-', 'MIG-', 'MIG-']);
  const listing = cluster.smi(node, '-L').stdout;
  for (const device of devices) expect(listing).toContain(device);

  const running = containers();
  expect(running).toHaveLength(3);
  for (const container of running) {
    expect(container.HostConfig).toMatchObject({
      Memory: 256 * 1024 * 1024,
      NanoCpus: 500_000_000,
      Privileged: false,
      CapDrop: ['ALL'],
      CapAdd: null,
      SecurityOpt: ['no-new-privileges'],
      PidMode: '',
    });
    expect(container.HostConfig.NetworkMode).not.toBe('host');
    expect(container.HostConfig.LogConfig.Config['max-size']).toBeDefined();
    expect(container.HostConfig.PortBindings['8000/tcp']?.[0]?.HostIp).toBe('127.0.0.1');
    expect(container.Config.Labels['io.tangram.managed']).toBe('true');
  }
});

test('the simulator counts the processes inside containers', async () => {
  await eventually('three processes are listed', () => {
    const query = '--query-compute-apps=pid,process_name';
    const apps = cluster.smi(node, query, '--format=csv,noheader').stdout.split('\n');
    // The MPS server of the shared card is a process of its own.
    return apps.filter((line) => line.endsWith('node')).length === 3;
  });
});

test('SIGKILL of the agent, then of the coordinator too, leaves every container as it is', async () => {
  const identity = (): string[] =>
    containers()
      .map((each) => `${each.Id} ${each.State.StartedAt} ${each.State.Running}`)
      .sort();
  const before = identity();
  await cluster.agents.get(node)?.end('SIGKILL');
  expect(identity()).toEqual(before);
  await cluster.coordinator?.end('SIGKILL');
  await cluster.startAgent(node, { cards: '2xA100-40GB,L40S', runtime: 'docker' });
  // Alone, with no coordinator: it adopts what runs, by label.
  await eventually('the agent knows its three replicas', () => {
    const listed = cluster.agentctl(node, 'ps').stdout;
    return ['alpha', 'beta', 'gamma'].every((name) => listed.includes(name));
  });
  await cluster.startCoordinator();
  await readyAddresses(3);
  expect(identity()).toEqual(before);
});

test('an image that does not exist is one clear reason, and the others keep running', async () => {
  cluster.apply(model('ghost', { memory: '1GiB', isolation: 'mps' }, 'tangram-no-such-image:9'));
  await eventually('ghost tells why it does not run', () => {
    const shown = cluster.tangram('why', 'ghost').stdout + cluster.tangram('ps').stdout;
    return shown.includes('tangram-no-such-image:9');
  });
  expect(containers().filter((each) => each.State.Running)).toHaveLength(3);
  expect(cluster.tangram('delete', 'ghost', '--yes').code).toBe(0);
});

test('deleting removes the containers and nothing else', async () => {
  for (const name of ['alpha', 'beta', 'gamma']) cluster.tangram('delete', name, '--yes');
  await eventually('no container is left', () => containers().length === 0);
  await eventually('no instance is left', () => !cluster.smi(node, '-L').stdout.includes('MIG-'));
});
