import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CardSample, TopRecord } from '../../agent/cli/api/top-record.ts';
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
  for (const client of clients) endClient(client);
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

/** Starts a process as somebody would who ran `eval "$(… --env)"` first, in a group of its own. */
function startClient(exports: string, argv: readonly string[] = []): ChildProcess {
  const env: Record<string, string> = {};
  for (const line of exports.trim().split('\n')) {
    const [, name = '', value = ''] = /^export (\w+)='?([^']*)'?$/.exec(line) ?? [];
    env[name] = value;
  }
  const [program, ...args] = [...argv, process.execPath, webServer];
  const client = spawn(program, args, {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: 'ignore',
    detached: true,
  });
  clients.push(client);
  return client;
}

function endClient({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** The node's card 0 as `agentctl top` tells of it. */
function topOfCard(): CardSample | undefined {
  const { stdout } = cluster.agentctl('node-a', 'top', '--once', '--json');
  // The CLI prints the record that it draws from.
  return (JSON.parse(stdout) as TopRecord).gpus.find((gpu) => gpu.index === 0);
}

/** What Prometheus reads of a card: what the allocation holds, and what it says of all the rest. */
async function bytesOf(
  card: CardSample,
): Promise<{ readonly held: number; readonly rest: number }> {
  const ready = readFileSync(join(cluster.folder, 'node-a.ready.json'), 'utf8');
  // Written by the agent for whoever started it.
  const { metrics } = JSON.parse(ready) as { metrics: string };
  const page = await (await fetch(metrics)).text();
  const sum = (series: string): number => {
    const pattern = new RegExp(`^${series}\\{.*gpu="${card.uuid}".*\\} (\\S+)$`, 'gm');
    return [...page.matchAll(pattern)].reduce((all, [, value]) => all + Number(value), 0);
  };
  expect(page).toMatch(new RegExp(`_memory_part_bytes.*${card.uuid}",part="foreign"} 0\n`));
  return {
    held: sum('tangram_allocation_memory_used_bytes'),
    rest: sum('tangram_gpu_memory_part_bytes'),
  };
}

test('a MIG slice is cut for a client, and is free again only once its process has ended', async () => {
  const need = ['--memory', '9GiB', '--isolation', 'mig'];
  const exports = ran('allocate', 'train', ...need, '--wait', '--env');
  const device = /CUDA_VISIBLE_DEVICES=(MIG-\S+)/.exec(exports)?.[1] ?? 'none';
  expect(cluster.smi('node-a', '-L').stdout).toContain(device);
  expect(exports).toContain('export TANGRAM_ALLOCATION=train\n');
  const client = startClient(exports);
  // Below a process of it, and without its variables but for the card.
  const child = startClient(exports, ['sh', '-c', 'env -u TANGRAM_ALLOCATION "$@"; :', 'sh']);
  await eventually('the client is seen as one of it', () =>
    ran('allocation', 'get', 'train').includes(`${client.pid} `),
  );

  // The node tells by itself whose slice, whose process and whose memory it is.
  const named = { replica: '', model: '', allocation: 'train' };
  const card = await eventually('both use the card', () => {
    const found = topOfCard();
    return found?.processes?.length === 2 && found;
  });
  const ours = { ...named, owner: 'allocation' };
  expect(card.processes).toMatchObject([{ ...ours, pid: client.pid }, ours]);
  expect(card.slices).toMatchObject([{ ...named, state: 'ready' }]);
  expect(card.users).toMatchObject([{ ...named, memoryMib: { basis: 'measured' } }]);
  const { held, rest } = await bytesOf(card);
  expect(held).toBeGreaterThan(0);
  expect(held + rest).toBe((card.memoryTotalMib ?? 0) * 1_048_576);
  // Its memory is not taken twice: the card has no strangers.
  const ls = cluster.agentctl('node-a', 'ls').stdout;
  expect(ls).toMatch(/ allocations\/train +ready /);
  expect(ls).not.toMatch(/foreign/);
  endClient(child);

  expect(ran('allocation', 'release', 'train')).toMatch(/^train: reclaiming on node-a: released/);
  await eventually('it says who is still there', () =>
    ran('allocation', 'get', 'train').includes(`process ${client.pid} (`),
  );
  expect(cluster.smi('node-a', '-L').stdout).toContain(device);
  expect(cluster.agentctl('node-a', 'ps').stdout).toMatch(
    new RegExp(
      `^allocations/train .* reclaiming .* process .*${client.pid} \\(.* still runs$`,
      'm',
    ),
  );
  endClient(client);
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
