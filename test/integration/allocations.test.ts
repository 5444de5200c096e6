import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, TestCluster, webServer } from './cluster-harness.ts';

// A client that starts its own workload: the real coordinator, agent and command line, on simulated cards.

interface AllocationJson {
  readonly name: string;
  readonly state: string;
  readonly node: string;
  readonly access: {
    readonly deviceUuids: readonly string[];
    readonly cdiNames: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly mounts: readonly string[];
  } | null;
}

const cluster = new TestCluster();
const clients: ChildProcess[] = [];

beforeAll(async () => {
  await cluster.startCoordinator();
  await cluster.startAgent('node-a', { cards: 'A100-40GB,L40S' });
});
afterAll(async () => {
  for (const client of clients) client.kill('SIGKILL');
  await cluster.stop();
});

function ran(...args: readonly string[]): string {
  const { code, stdout, stderr } = cluster.tangram(...args);
  if (code !== 0) throw new Error(`tangram ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function listed(): readonly AllocationJson[] {
  // The CLI prints what the API answers; the fields are those of tangram.v1.Allocation.
  return (JSON.parse(ran('allocations', '--json')) as { allocations: AllocationJson[] })
    .allocations;
}

/** Starts a process as somebody would who ran `eval "$(… --env)"` first. */
function startClient(exports: string): ChildProcess {
  const env: Record<string, string> = {};
  for (const line of exports.trim().split('\n')) {
    const [, name = '', value = ''] = /^export (\w+)='?([^']*)'?$/.exec(line) ?? [];
    env[name] = value;
  }
  const client = spawn(process.execPath, [webServer], {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: 'ignore',
  });
  clients.push(client);
  return client;
}

test('a MIG slice is cut for a client, and is free again only once its process has ended', async () => {
  const need = ['--memory', '9GiB', '--isolation', 'mig'];
  const exports = ran('allocate', 'train', ...need, '--wait', '--env');
  const device = /CUDA_VISIBLE_DEVICES=(MIG-\S+)/.exec(exports)?.[1] ?? 'none';
  expect(cluster.smi('node-a', '-L').stdout).toContain(device);
  expect(exports).toContain('export TANGRAM_ALLOCATION=train\n');
  const client = startClient(exports);
  await eventually('the client is seen as one of it', () =>
    ran('allocation', 'get', 'train').includes(`${client.pid} `),
  );
  // Its memory is not taken twice: the card has no strangers.
  expect(cluster.agentctl('node-a', 'ls').stdout).not.toMatch(/foreign/);

  expect(ran('allocation', 'release', 'train')).toMatch(/^train: reclaiming on node-a: released/);
  await eventually('it says who is still there', () =>
    ran('allocation', 'get', 'train').includes(`process ${client.pid} (`),
  );
  expect(cluster.smi('node-a', '-L').stdout).toContain(device);
  client.kill('SIGKILL');
  await eventually('it is gone', () => listed().length === 0);
  expect(cluster.smi('node-a', '-L').stdout).not.toContain(device);
});

test('a share comes with the pipe of its daemon and its limits, as a line for docker run', async () => {
  const need = ['--memory', '6GiB', '--compute', '25', '--gpu-model', 'L40S'];
  const line = ran('allocate', 'share', ...need, '--wait', '--docker');
  const [share] = listed();
  expect(share?.access?.env['CUDA_MPS_PINNED_DEVICE_MEM_LIMIT']).toBe('0=6144M');
  const [pipe = 'none'] = share?.access?.mounts ?? [];
  expect(pipe).toBe(share?.access?.env['CUDA_MPS_PIPE_DIRECTORY']);
  expect(line).toBe(
    `docker run --rm ${Object.entries(share?.access?.env ?? {})
      .map(([name, value]) => `-e ${name}=${value}`)
      .join(' ')} -v ${pipe}:${pipe} -v /dev/shm:/dev/shm IMAGE\n`,
  );
  expect(ran('allocation', 'renew', 'share', '--ttl', '1h')).toMatch(/share +ready +node-a/);
  ran('allocation', 'release', 'share');
  await eventually('it is gone', () => listed().length === 0);
});

test('an expired one goes by itself; what fits nowhere says why', async () => {
  ran('allocate', 'brief', '--memory', '40GiB', '--isolation', 'whole', '--ttl', '10s', '--wait');
  const none = cluster.tangram('allocate', 'late', '--memory', '70GiB');
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(
    /no room for allocation late: no card is that big: 71680MiB is asked of one card.*lower gpu/,
  );
  await eventually('it has expired and is gone', () => listed().length === 0);
});
