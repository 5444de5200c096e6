import { afterEach, expect, test } from 'vitest';
import { openSimHost, uuidsIn, type SimHost } from './harness.ts';

let open: SimHost | undefined;
afterEach(() => {
  open?.close();
  open = undefined;
});

const apps = [
  '--query-compute-apps=gpu_uuid,pid,name,used_memory',
  '--format=csv,noheader,nounits',
];
const load = ['--query-gpu=utilization.gpu,memory.used', '--format=csv,noheader,nounits'];

async function hostWith(cards: string): Promise<{ host: SimHost; uuids: readonly string[] }> {
  open = await openSimHost(cards);
  return { host: open, uuids: uuidsIn((await open.smi('-L')).out) };
}

test('a process with a card in its environment uses that card', async () => {
  const { host, uuids } = await hostWith('2xL40S');
  const [, second = ''] = uuids;
  host.put({
    pid: 41,
    command: ['python', 'serve.py'],
    rssMib: 100,
    environment: { NVIDIA_VISIBLE_DEVICES: second },
  });
  expect((await host.smi(...apps)).out).toBe(`${second}, 41, python, 400\n`);
  expect((await host.smi(...load)).out).toBe('0, 0\n0, 400\n');
});

test('utilisation is CPU time between two readings', async () => {
  const { host, uuids } = await hostWith('L40S');
  const process = {
    pid: 41,
    command: ['x'],
    environment: { CUDA_VISIBLE_DEVICES: uuids[0] ?? '' },
  };
  host.put({ ...process, cpuTicks: 1_000 });
  await host.smi(...load);
  host.wallMs += 2_000;
  host.put({ ...process, cpuTicks: 1_100 });
  expect((await host.smi(...load)).out).toBe('50, 300\n');
  host.wallMs += 1_000;
  expect((await host.smi(...load)).out).toBe('0, 300\n');
});

test('a server that only answers its probe leaves the card at rest', async () => {
  const { host, uuids } = await hostWith('L40S');
  const process = {
    pid: 41,
    command: ['x'],
    environment: { CUDA_VISIBLE_DEVICES: uuids[0] ?? '' },
  };
  const percents: (string | undefined)[] = [];
  for (const cpuTicks of [1_000, 1_001, 1_003, 1_006]) {
    host.put({ ...process, cpuTicks });
    percents.push((await host.smi(...load)).out.split(',')[0]);
    host.wallMs += 1_000;
  }
  expect(percents.slice(1)).toEqual(['0', '0', '3']);
});

test('a process seen for the first time is judged by its whole life', async () => {
  const { host, uuids } = await hostWith('L40S');
  // Up for 1000 s, started at 900 s: 100 s old, 25 s of CPU.
  host.put({
    pid: 41,
    command: ['x'],
    startTicks: 90_000,
    cpuTicks: 2_500,
    environment: { CUDA_VISIBLE_DEVICES: uuids[0] ?? '' },
  });
  expect((await host.smi(...load)).out).toBe('25, 300\n');
});

test('power and temperature follow load', async () => {
  const { host, uuids } = await hostWith('A100-40GB');
  const query = [
    '--query-gpu=power.draw,temperature.gpu,clocks.sm',
    '--format=csv,noheader,nounits',
  ];
  const idle = (await host.smi(...query)).out.split(', ').map(Number);
  host.put({
    pid: 41,
    command: ['x'],
    startTicks: 99_000,
    cpuTicks: 1_000,
    environment: { CUDA_VISIBLE_DEVICES: uuids[0] ?? '' },
  });
  const busy = (await host.smi(...query)).out.split(', ').map(Number);
  expect(idle).toEqual([48, 30, 210]);
  expect(busy).toEqual([352, 72, 1410]);
});

test('under MIG a process sits in its instance and the parent has no utilisation', async () => {
  const { host, uuids } = await hostWith('A100-40GB');
  await host.smi('-mig', '1');
  await host.smi('mig', '-cgi', '9:0,19:6', '-C');
  const [parent = '', , small = ''] = uuidsIn((await host.smi('-L')).out);
  expect(parent).toBe(uuids[0]);
  host.put({ pid: 41, command: ['x'], rssMib: 50, environment: { CUDA_VISIBLE_DEVICES: small } });
  expect((await host.smi(...apps)).out).toBe(`${parent}, 41, x, 350\n`);
  expect((await host.smi(...load)).out).toBe('[N/A], 378\n');
  const xml = (await host.smi('-q', '-x', '-d', 'PIDS')).out;
  expect(xml).toContain('<gpu_instance_id>13</gpu_instance_id>');
  expect((await host.smi()).out).toMatch(/^\| {4}0 {3}13 {3} 0 {9} *41 {6}C {3}x +350MiB \|$/m);
});

test('nobody gets more memory than the instance has', async () => {
  const { host } = await hostWith('A100-40GB');
  await host.smi('-mig', '1');
  await host.smi('mig', '-cgi', '19:6', '-C');
  const [, small = ''] = uuidsIn((await host.smi('-L')).out);
  for (const pid of [41, 42]) {
    host.put({ pid, command: ['x'], rssMib: 4_000, environment: { CUDA_VISIBLE_DEVICES: small } });
  }
  const used = (await host.smi(...apps)).out
    .trim()
    .split('\n')
    .map((row) => row.split(', ')[3]);
  expect(used).toEqual(['4300', '564']);
});

test.for([
  { name: 'a UUID that no longer exists', uuid: () => 'MIG-00000000-0000-5000-8000-000000000000' },
  { name: 'every card', uuid: () => 'all' },
  { name: 'an index', uuid: () => '0' },
])('$name seats nobody', async ({ uuid }) => {
  const { host } = await hostWith('L40S');
  host.put({ pid: 41, command: ['x'], environment: { NVIDIA_VISIBLE_DEVICES: uuid() } });
  expect((await host.smi(...apps)).out).toBe('');
});

test('shells that wait, this tool and MPS control daemons are no users', async () => {
  const { host, uuids } = await hostWith('L40S');
  const environment = { CUDA_VISIBLE_DEVICES: uuids[0] ?? '' };
  host.put({ pid: 41, command: ['/bin/sh', '-c', 'serve; true'], environment });
  host.put({ pid: 42, parentPid: 41, command: ['serve'], environment });
  host.put({ pid: 43, command: ['node', '/x/agent/simulator/nvidia-smi/bin.js'], environment });
  host.put({ pid: 44, command: ['node', '/x/agent/simulator/mps-control/bin.js'], environment });
  host.put({ pid: 45, parentPid: 44, command: ['esbuild'], environment });
  host.put({ pid: 46, parentPid: 44, command: ['nvidia-cuda-mps-server'], environment });
  const rows = (await host.smi(...apps)).out.trim().split('\n');
  expect(rows.map((row) => row.split(', ').slice(1).join(' '))).toEqual([
    '42 serve 300',
    '46 nvidia-cuda-mps-server 60',
  ]);
});

test('a loop prints its header once and notices what changes', async () => {
  const { host } = await hostWith('2xL40S');
  let periods = 0;
  const stop = new AbortController();
  const looped = await host.run(['--query-gpu=index,memory.used', '--format=csv', '-lms', '1000'], {
    clock: {
      wallMs: () => host.wallMs,
      monotonicMs: () => host.wallMs,
      sleep: async (ms) => {
        periods += 1;
        host.wallMs += ms;
        if (periods === 1) await host.smi('--sim-fault', 'lost=1');
        if (periods === 2) stop.abort();
      },
    },
    signal: stop.signal,
  });
  expect(looped.out).toBe(
    'index, memory.used [MiB]\n0, 0 MiB\n1, 0 MiB\n0, 0 MiB\n1, [GPU is lost]\n',
  );
});

test('a driver that goes away ends a loop with exit 9', async () => {
  const { host } = await hostWith('L40S');
  const looped = await host.run(['--query-gpu=index', '--format=csv,noheader', '-l', '1'], {
    clock: {
      wallMs: () => host.wallMs,
      monotonicMs: () => host.wallMs,
      sleep: async () => {
        await host.smi('--sim-fault', 'no-driver');
      },
    },
  });
  expect(looped.exitCode).toBe(9);
  expect(looped.out).toMatch(/^0\nNVIDIA-SMI has failed because it couldn't communicate/);
});
