import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CoordinatorLink } from '../../agent/link/link.ts';
import { createLinkCounters } from '../../coordinator/api/link-counters.ts';
import { startApiServer, type ApiServer } from '../../coordinator/api/server.ts';
import { connectCoordinator, type CoordinatorClient } from '../../coordinator/cli/client.ts';
import { StandingBoard } from '../../coordinator/leader/standing.ts';
import { openDecisionLog } from '../../coordinator/store/decision-log.ts';
import { openTelemetry } from '../../coordinator/telemetry/telemetry.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { open } from '../../shared/placement/open.ts';
import { createLinkClient } from '../../shared/wire/services.ts';
import { FakeCore as FakeAgentCore } from '../fakes/agent/fake-core.ts';
import { FakeCore } from '../fakes/coordinator/fake-core.ts';
import { noSnapshots } from '../fakes/coordinator/no-snapshots.ts';
import { openAccessTo } from '../fakes/coordinator/open-access.ts';
import { until } from './until.ts';

const closers: (() => Promise<void> | void)[] = [];
let board: StandingBoard;
let server: ApiServer;
let client: CoordinatorClient;

beforeEach(async () => {
  const core = new FakeCore();
  board = new StandingBoard();
  board.set({ leading: false, epoch: 4, leader: '127.0.0.1:9999' });
  const telemetry = openTelemetry(':memory:', { clock: systemClock, log: silentLog });
  const decisionLog = openDecisionLog(':memory:', { rowsMax: 100 });
  server = await startApiServer('127.0.0.1:0', {
    core,
    access: await openAccessTo(core),
    standing: board,
    decisionLog,
    open,
    telemetry,
    snapshots: noSnapshots,
    counters: createLinkCounters(),
    clock: systemClock,
    log: silentLog,
    version: '0.1.0',
    heartbeatMs: 200,
  });
  client = connectCoordinator(server.address, () => new Date(Date.now() + 10_000));
  closers.push(
    () => telemetry.close(),
    () => decisionLog.close(),
    async () => server.stop(),
    () => client.close(),
  );
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function health(service: string): Promise<string> {
  // The library's own package has no types of it.
  const loaded = loadPackageDefinition(loadSync(protoPath, { enums: String })) as unknown as {
    grpc: {
      health: {
        v1: {
          Health: new (
            address: string,
            plain: unknown,
          ) => {
            check(
              asked: { service: string },
              answer: (error: Error | null, found: { status: string }) => void,
            ): void;
            close(): void;
          };
        };
      };
    };
  };
  const asked = new loaded.grpc.health.v1.Health(server.address, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      asked.check({ service }, (error, found) => {
        if (error === null) resolve(found.status);
        else reject(error);
      });
    });
  } finally {
    asked.close();
  }
}

test('a standby answers calls and streams with who leads, and serves once it does', async () => {
  const refused = {
    code: 'NOT_LEADER',
    message: expect.stringContaining('127.0.0.1:9999 leads'),
    facts: { leader: '127.0.0.1:9999' },
  };
  await expect(client.getCluster()).rejects.toMatchObject(refused);
  await expect(client.listModels()).rejects.toMatchObject(refused);
  const watch = async (): Promise<void> => {
    for await (const event of client.watchModels({}, new AbortController().signal)) void event;
  };
  await expect(watch()).rejects.toMatchObject(refused);
  board.set({ leading: true, epoch: 5, leader: server.address });
  expect(await client.listModels()).toEqual([]);
});

test('health of a standby is that of its link; services follow the lead', async () => {
  expect(await health('')).toBe('SERVING');
  expect(await health('tangram.link.v1.LinkService')).toBe('SERVING');
  expect(await health('tangram.v1.SchedulerService')).toBe('NOT_SERVING');
  board.set({ leading: true, epoch: 5, leader: server.address });
  expect(await health('tangram.v1.SchedulerService')).toBe('SERVING');
});

test('an agent is welcomed by a standby, and hears of each change on the same line', async () => {
  const link = new CoordinatorLink({
    address: server.address,
    node: 'n1',
    core: new FakeAgentCore(),
    clock: systemClock,
    random: () => 0,
    log: silentLog,
    connect: () => createLinkClient(server.address),
    onTrust: () => undefined,
    capabilities: [],
    recordEvent: () => undefined,
    samples: null,
  });
  const over = new AbortController();
  const running = link.run(over.signal);
  closers.push(async () => {
    over.abort();
    await running;
  });
  await until(() =>
    expect(link.view()).toMatchObject({
      connected: true,
      leading: false,
      detail: 'stands by; 127.0.0.1:9999 leads',
    }),
  );
  board.set({ leading: true, epoch: 5, leader: server.address });
  await until(() =>
    expect(link.view()).toMatchObject({ leading: true, detail: 'leads in epoch 5' }),
  );
  expect(link.view().sessionsTotal).toBe(1);
});
