import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectCoordinator, type CoordinatorClient } from '../../coordinator/cli/client.ts';
import type { AllocateRequest } from '../../shared/wire/generated/tangram/v1/AllocateRequest.ts';
import { FakeAgent } from '../fakes/coordinator/fake-agent.ts';
import { eventually } from './cluster-harness.ts';
import { startCoordinator, type InProcessCoordinator } from './in-process-coordinator.ts';

// AllocationService through bytes: the real coordinator, and an agent that does as it is told.

let coordinator: InProcessCoordinator;
let client: CoordinatorClient;
let stepping: NodeJS.Timeout;

beforeAll(async () => {
  coordinator = await startCoordinator();
  const agent = new FakeAgent('node-a', 'A100-40GB', () => coordinator.core);
  agent.connect();
  stepping = setInterval(() => agent.step(), 50);
  client = connectCoordinator(coordinator.grpc, () => new Date(Date.now() + 20_000));
}, 60_000);

afterAll(async () => {
  clearInterval(stepping);
  client.close();
  await coordinator.stop();
});

function request(name: string, change: Partial<AllocateRequest> = {}): AllocateRequest {
  const gpu = { memoryMib: 4_000, isolation: 'ISOLATION_MIG' as const, count: 1, processes: 1 };
  return { name, spec: { gpu, ttlSeconds: 60 }, ...change };
}

const whole = { memoryMib: 4_000, isolation: 'ISOLATION_WHOLE' as const, count: 1, processes: 1 };

const refused: readonly {
  readonly name: string;
  readonly ask: () => Promise<unknown>;
  readonly code: string;
  readonly says: string;
}[] = [
  {
    name: 'a name that is none',
    ask: () => client.allocate(request('No Name')),
    code: 'REQUEST_INVALID',
    says: 'name: "No Name" is no allocation name',
  },
  {
    name: 'no spec',
    ask: () => client.allocate({ name: 'x' }),
    code: 'REQUEST_INVALID',
    says: 'spec: is missing',
  },
  {
    name: 'a TTL that is too short',
    ask: () => client.allocate(request('x', { spec: { gpu: whole, ttlSeconds: 5 } })),
    code: 'REQUEST_INVALID',
    says: 'ttl: 5 s is out of range',
  },
  {
    name: 'a wait that is too long',
    ask: () => client.allocate(request('x', { waitSeconds: 7_200 })),
    code: 'REQUEST_INVALID',
    says: 'wait: 7200 s is out of range',
  },
  {
    name: 'a request id that is none',
    ask: () => client.allocate(request('x', { requestId: 'a b' })),
    code: 'REQUEST_INVALID',
    says: 'request_id: "a b" is no request id',
  },
  {
    name: 'what is not there',
    ask: () => client.renewAllocation('nobody', 60),
    code: 'ALLOCATION_UNKNOWN',
    says: 'there is no allocation "nobody"',
  },
];

test.for(refused)('refuses $name', async ({ ask, code, says }) => {
  await expect(ask()).rejects.toMatchObject({
    code,
    message: expect.stringContaining(says) as unknown,
  });
});

test('the same request id is one allocation, whatever its name would have been', async () => {
  await eventually('the node is there', () =>
    coordinator.core.nodes().some(({ connected }) => connected),
  );
  const once = { requestId: 'draw-1' };
  const first = await client.allocate(request('', once));
  const again = await client.allocate(request('', once));
  expect(first.name).toMatch(/^a-[a-z0-9]{8}$/);
  expect(again).toEqual(first);
  await expect(client.allocate(request('other', once))).rejects.toMatchObject({
    code: 'REQUEST_ID_REUSED',
  });
  expect(await client.listAllocations()).toHaveLength(1);
  await client.releaseAllocation(first.name);
  await eventually('it is gone', async () => (await client.listAllocations()).length === 0);
});

test('one is watched from its request to its end', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const watch = (async () => {
    for await (const event of client.watchAllocation('train', stop.signal)) {
      const said = event.allocation?.state ?? event.event ?? '';
      if (seen.at(-1) !== said) seen.push(said);
    }
  })();
  await eventually('synced is told', () => seen.includes('synced'));
  await client.allocate(request('train'));
  await eventually('ALLOCATION_STATE_READY is told', () => seen.includes('ALLOCATION_STATE_READY'));
  const ready = await client.getAllocation('train');
  expect(ready.access).toMatchObject({
    gpuHandout: 'toolkit',
    cdiNames: [`nvidia.com/gpu=${ready.access?.deviceUuids[0]}`],
    env: { TANGRAM_ALLOCATION: 'train' },
  });
  const full = client.allocate(request('late', { spec: { gpu: whole, ttlSeconds: 60 } }));
  await expect(full).rejects.toMatchObject({ code: 'ALLOCATION_NO_ROOM' });
  const renewed = await client.renewAllocation('train', 3_600);
  expect(Number(renewed.expiresAtMs)).toBeGreaterThan(Number(ready.expiresAtMs));
  expect((await client.explainAllocation('train')).decision).not.toBe('0');
  await client.releaseAllocation('train');
  await eventually('deleted is told', () => seen.includes('deleted'));
  stop.abort();
  await watch;
  expect(seen.filter((state) => state !== 'ALLOCATION_STATE_PREPARING')).toEqual([
    'synced',
    'ALLOCATION_STATE_READY',
    'ALLOCATION_STATE_RECLAIMING',
    'deleted',
  ]);
});
