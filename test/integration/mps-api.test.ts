import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mpsServiceHandlers } from '../../agent/api/mps-service.ts';
import { closeAgentSocket, openAgentSocket } from '../../agent/api/server.ts';
import { createAgentDoor, type AgentDoor } from '../../agent/cli/api/agent-door.ts';
import { renderMps } from '../../agent/cli/render-mps.ts';
import type { MpsControl } from '../../agent/drivers/mps/mps-control.ts';
import type { MpsActual } from '../../agent/observe/world.ts';
import { mpsViews } from '../../agent/reconcile/mps-view.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { createAgentClients, mpsService } from '../../shared/wire/services.ts';
import { FakeCore, gpuA, gpuB } from '../fakes/agent/fake-core.ts';
import {
  bootId,
  bound,
  card,
  inputOf,
  recordOf,
  running,
  silentMps,
} from '../fakes/agent/plan-world.ts';
import { allocation, replica, shapes, slice } from '../fakes/agent/targets.ts';

// The views, the codec, the service and the client together, through a real socket.

let folder = '';
const closers: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tgm-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true });
});

type Logs = Pick<MpsControl, 'tailLog' | 'capabilities'>;

const logs: Logs = {
  tailLog: (gpu, name, linesMax) => `${name} of ${gpu}, ${linesMax} lines`,
  capabilities: (gpus) =>
    Promise.resolve({
      serverStatus: true,
      memoryLimits: true,
      staticPartitions: false,
      protocolV3: null,
      dmemController: false,
      evidence: `asked of ${gpus.length} cards`,
    }),
};

async function door(core: FakeCore, mps: Logs | null = logs): Promise<AgentDoor> {
  const path = join(folder, 'agent.sock');
  const handlers = mpsServiceHandlers({ core, mps, onError: () => undefined });
  const server = await openAgentSocket(path, [[mpsService, { ...handlers }]]);
  const clients = createAgentClients(path);
  closers.push(
    () => closeAgentSocket(server, path),
    () => clients.close(),
  );
  return createAgentDoor(clients, path, systemClock);
}

const big = slice('a.0', gpuA, shapes.mps(8_192));
const small = slice('b.0', gpuA, shapes.mps(4_096));
const actual: MpsActual = {
  ...silentMps,
  owned: true,
  state: 'answering',
  incarnation: 'd1',
  servers: [{ pid: 500, uid: 1000, status: 'FAULT', clients: [{ pid: 11, uid: 1000 }] }],
  clientPids: [11],
  waiting: [{ pid: 12, uid: 0 }],
  fault: { id: 'f', server: 500, client: 11, reason: 'an illegal address', live: true },
};

function sharedCore(): FakeCore {
  const core = new FakeCore();
  core.mpsCards = mpsViews(
    inputOf({
      cards: [
        card(gpuB, { inventory: { index: 1, productName: 'Tesla P40' } }),
        card(gpuA, {
          inventory: { index: 0, migEnabled: false },
          actual: { computeMode: 'Exclusive_Process', mps: actual },
        }),
      ],
      slices: [big, small],
      bindings: [bound(big, gpuA), bound(small, gpuA)],
      replicas: [replica('vad', [big], { processes: 2 }), replica('ner', [small])],
      records: [recordOf('vad', [big])],
      running: [running('vad', { pids: [10, 11] }), running('ner', { pids: [12] })],
      input: {
        computeModes: [{ gpu: gpuA, modeBefore: 'Default', bootId }],
        mpsDefaults: [{ gpu: gpuA, incarnation: 'd1', smPercent: 25, memoryMib: 4_096 }],
        mpsRecoveries: [
          {
            gpu: gpuA,
            faultId: 'f',
            reason: 'server 500: an illegal address',
            open: true,
            tenants: '',
            beganAtMs: [1, 2],
            notBeforeMs: 4_000,
          },
        ],
      },
    }),
  );
  return core;
}

test('every card is told with its daemon, servers, clients, limits and faults', async () => {
  const cards = await (await door(sharedCore())).mps.cards();
  expect(cards.map((each) => each.gpu)).toEqual([gpuA, gpuB]);
  expect(cards[0]).toEqual({
    gpu: gpuA,
    index: 0,
    productName: 'NVIDIA A100-SXM4-40GB',
    state: 'answering',
    owned: true,
    pipeDirectory: '/pipe',
    computeMode: 'Exclusive_Process',
    computeModeBefore: 'Default',
    limits: { smPercent: 25, memoryMib: 4_096 },
    clientsMax: 48,
    servers: [{ pid: 500, uid: 1000, status: 'FAULT' }],
    clients: [{ pid: 11, uid: 1000, serverPid: 500, replica: 'vad-00000001', allocation: '' }],
    // User 0 is a user.
    waiting: [{ pid: 12, uid: 0, serverPid: null, replica: 'ner-00000001', allocation: '' }],
    orphanPids: [],
    fault: { serverPid: 500, clientPid: 11, reason: 'an illegal address', live: true },
    recovery: {
      reason: 'server 500: an illegal address',
      open: true,
      count: 2,
      notBeforeMs: 4_000,
    },
    shares: [
      {
        slice: 'a.0',
        replica: 'vad-00000001',
        allocation: '',
        promised: { smPercent: 25, memoryMib: 8_192 },
        processes: 2,
        perClient: { smPercent: 12, memoryMib: 4_096 },
      },
      {
        slice: 'b.0',
        replica: 'ner-00000001',
        allocation: '',
        promised: { smPercent: 25, memoryMib: 4_096 },
        processes: 1,
        perClient: { smPercent: 25, memoryMib: 4_096 },
      },
    ],
  });
  expect(cards[1]).toMatchObject({ state: 'silent', clientsMax: 16, limits: null, fault: null });
});

test('it reads well, and says what is wrong last', async () => {
  const cards = await (await door(sharedCore())).mps.cards();
  expect(renderMps(cards, 1_000)).toBe(
    [
      'GPU  PRODUCT                DAEMON   SERVER           STATE  CLIENTS  LIMIT       COMPUTE-MODE',
      '0    NVIDIA A100-SXM4-40GB  answers  500 (user 1000)  FAULT  1/48     25%,4.0GiB  Exclusive_Process (was Default)',
      '1    Tesla P40              none     -                -      -        -           -',
      '',
      'GPU  SLICE  HOLDER        SHARE       PROCESSES  EACH',
      '0    a.0    vad-00000001  25%,8.0GiB  2          12%,4.0GiB',
      '0    b.0    ner-00000001  25%,4.0GiB  1          25%,4.0GiB',
      '',
      'GPU  CLIENT  USER  SERVER  HOLDER',
      '0    11      1000  500     vad-00000001',
      '0    12      0     waits   ner-00000001',
      '',
      'GPU 0: server 500 is in FAULT: an illegal address (client 11); agentctl mps logs 0',
      'GPU 0: all who share the card are being restarted: server 500: an illegal address',
      'GPU 0: 1 of another user wait for the server: see mps.multiUser',
      '',
    ].join('\n'),
  );
});

test('an allocation is told with its share and its clients, and a stranger is nobody’s', async () => {
  const share = slice('t.0', gpuA, shapes.mps(8_192));
  const clients = [21, 22, 23].map((pid) => ({ pid, uid: 1000 }));
  const marked = [
    { pid: 21, name: 'python3', value: 'train' },
    { pid: 22, name: 'python3', value: 'elsewhere' },
  ];
  const core = new FakeCore();
  core.mpsCards = mpsViews(
    inputOf({
      cards: [
        card(gpuA, {
          actual: { mps: { ...actual, servers: [{ pid: 500, uid: 1000, status: null, clients }] } },
        }),
      ],
      slices: [share],
      bindings: [bound(share, gpuA)],
      world: { marked },
      input: {
        allocations: [
          {
            target: allocation('train', [share], { processes: 2 }),
            slices: [share],
            processes: [],
            quietLooks: 0,
          },
        ],
      },
    }),
  );
  const cards = await (await door(core)).mps.cards();
  expect(cards[0]?.shares).toMatchObject([
    { slice: 't.0', replica: '', allocation: 'train', processes: 2 },
  ]);
  expect(cards[0]?.clients.map((client) => client.allocation)).toEqual(['train', '', '']);
  const text = renderMps(cards, 0);
  expect(text).toMatch(/^0 +t\.0 +allocations\/train /m);
  expect(text).toMatch(/^0 +21 +1000 +500 +allocations\/train$/m);
  expect(text).toMatch(/^0 +22 +1000 +500 +not ours$/m);
});

test('logs and capabilities come from the driver; what is asked for wrongly is refused', async () => {
  const { mps } = await door(sharedCore());
  expect(await mps.log({ gpu: gpuA, log: 'server', lines: 7 })).toBe(
    `server.log of ${gpuA}, 7 lines`,
  );
  expect(await mps.log({ gpu: gpuA, log: 'control', lines: 0 })).toContain('100 lines');
  expect(await mps.capabilities()).toEqual({
    serverStatus: true,
    memoryLimits: true,
    staticPartitions: false,
    protocolV3: null,
    dmemController: false,
    evidence: 'asked of 2 cards',
  });
  const wrong = [
    { gpu: 'GPU-0000000f', log: 'server', lines: 1 },
    { gpu: 'no card', log: 'server', lines: 1 },
    { gpu: gpuA, log: '../../etc/passwd', lines: 1 },
    { gpu: gpuA, log: 'server', lines: 1_001 },
  ] as const;
  for (const request of wrong) {
    // A name that the types refuse, as another program might send it.
    await expect(mps.log(request as Parameters<typeof mps.log>[0])).rejects.toThrow(
      /no card|is no GPU UUID|is no log|lines is 1001/,
    );
  }
});

test('a node without MPS says so, and lists its cards all the same', async () => {
  const { mps } = await door(sharedCore(), null);
  expect(await mps.cards()).toHaveLength(2);
  await expect(mps.capabilities()).rejects.toThrow('configured without MPS');
});
