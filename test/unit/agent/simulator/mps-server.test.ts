import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServerKeeper } from '../../../../agent/simulator/mps-control/server-keeper.ts';
import type { GpuUser } from '../../../../agent/simulator/processes/gpu-users.ts';

let present: GpuUser[];
let faults: Set<string>;
let control: string[];
let server: string[];
let keeper: ServerKeeper;

beforeEach(() => {
  present = [];
  faults = new Set();
  control = [];
  server = [];
  keeper = new ServerKeeper({
    logs: {
      control: (text) => void control.push(text),
      server: (_who, _pid, text) => void server.push(text),
    },
    host: {
      major: 550,
      card: undefined,
      has: (kind) => faults.has(kind),
      strikes: (kind) => faults.delete(kind),
    },
    defaults: () => ({ activeThreadPercentage: 25, pinnedMemory: new Map(), clientPriority: 0 }),
    find: () => present,
  });
});
afterEach(() => keeper.stop());

function client(pid: number, uid = 1000): GpuUser {
  return {
    pid,
    uid,
    startTicks: 1,
    cpuTicks: 0,
    rssMib: 1,
    name: '/usr/bin/serve',
    uuids: ['GPU-1'],
    mpsPipeDirectory: '/p',
    isMpsServer: false,
  };
}

/** Looks until nothing more would change. */
function settle(): void {
  for (let round = 0; round < 3; round += 1) keeper.look();
}

const pids = (): readonly number[] => keeper.view()?.clients.map(({ pid }) => pid) ?? [];

test('the first client starts a server for its user, and is served when it is ready', () => {
  present = [client(7)];
  keeper.look();
  const pid = keeper.view()?.pid ?? 0;
  expect(control).toEqual([
    'Accepting connection...',
    'User did not send valid credentials',
    'Accepting connection...',
    'NEW CLIENT 7 from user 1000: Server is not ready, push client to pending list',
    `Starting new server ${pid} for user 1000`,
    `NEW SERVER ${pid}: Ready`,
  ]);
  present.push(client(8));
  keeper.look();
  expect(pids()).toEqual([7, 8]);
  expect(control.at(-1)).toBe('NEW CLIENT 8 from user 1000: Server already exists');
  expect(keeper.view()).toMatchObject({ status: 'ACTIVE', uid: 1000, activeThreadPercentage: 25 });
});

test('another user waits until the last client is gone, and gets a server of its own', () => {
  present = [client(7)];
  settle();
  const first = keeper.view()?.pid;
  present = [client(7), client(9, 0)];
  settle();
  expect(pids()).toEqual([7]);
  expect(control.at(-1)).toBe(
    'NEW CLIENT 9 from user 0: Server is not ready, push client to pending list',
  );
  present = [client(9, 0)];
  settle();
  expect(keeper.view()).toMatchObject({ uid: 0 });
  expect(keeper.view()?.pid).not.toBe(first);
  expect(pids()).toEqual([9]);
});

test("one client's fault stops them all until every one of them has ended", () => {
  present = [client(7), client(8)];
  settle();
  faults.add('mps-fault');
  settle();
  expect(keeper.view()?.status).toBe('FAULT');
  expect(server).toContain('Volta MPS: Server is handling a fatal GPU exception.');
  present = [client(8), client(10)];
  settle();
  expect(keeper.view()?.status).toBe('FAULT');
  expect(pids()).toEqual([8]);
  expect(control.at(-1)).toBe(
    'NEW CLIENT 10 from user 1000: Server is not ready, push client to pending list',
  );
  present = [client(10)];
  settle();
  expect(keeper.view()?.status).toBe('ACTIVE');
  expect(pids()).toEqual([10]);
});

test('a server that crashes is replaced for those who still want one', () => {
  present = [client(7)];
  settle();
  const first = keeper.view()?.pid ?? 0;
  faults.add('mps-crash');
  settle();
  expect(control).toContain('Server encountered a fatal exception. Shutting down');
  expect(control).toContain(`Server ${first} exited with status 1`);
  expect(keeper.view()?.pid).not.toBe(first);
});

test('a server may stay initializing', () => {
  faults.add('mps-initializing');
  present = [client(7)];
  settle();
  expect(keeper.view()).toMatchObject({ status: 'INITIALIZING', clients: [] });
  faults.clear();
  settle();
  expect(keeper.view()?.status).toBe('ACTIVE');
  expect(pids()).toEqual([7]);
});

test('a closed daemon takes nobody new', () => {
  keeper.close();
  present = [client(7)];
  settle();
  expect(keeper.view()).toBeUndefined();
  expect(keeper.isIdle).toBe(true);
});
