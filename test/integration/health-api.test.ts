import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { healthServiceHandlers } from '../../agent/api/health-service.ts';
import { closeAgentSocket, openAgentSocket } from '../../agent/api/server.ts';
import { createAgentDoor, type AgentDoor } from '../../agent/cli/api/agent-door.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import {
  createAgentClients,
  healthService,
  type AgentClients,
} from '../../shared/wire/services.ts';
import { FakeNode } from '../fakes/agent/fake-node.ts';
import { HealthHarness } from '../fakes/agent/health-harness.ts';

// The health service over a real socket, on a node in memory.

let folder = '';
let harness: HealthHarness;
let server: Server;
let clients: AgentClients;
let door: AgentDoor;
let uuid = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tgha-'));
  const fake = new FakeNode('L40S');
  uuid = fake.cards[0]?.uuid ?? '';
  harness = new HealthHarness(fake);
  await harness.advance(2_000);
  const socket = join(folder, 'a.sock');
  const { health, clock } = harness;
  const handlers = healthServiceHandlers({ health, clock, onError: () => undefined });
  server = await openAgentSocket(socket, [[healthService, { ...handlers }]]);
  clients = createAgentClients(socket);
  door = createAgentDoor(clients, socket, systemClock);
});

afterEach(async () => {
  clients.close();
  await closeAgentSocket(server, join(folder, 'a.sock'));
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

const wish = { xid: 95, gpuInstanceId: undefined, pid: undefined, dryRun: false };

test('a healthy card, as it travels', async () => {
  expect(await door.health.read()).toEqual({
    kernelLog: 'fake',
    cards: [
      {
        uuid,
        index: 0,
        state: 'ok',
        action: 'record',
        sinceMs: null,
        reasons: [],
        slices: [],
        advice: '',
        users: [],
        recovery: null,
        xids: {},
        closeLook: null,
      },
    ],
  });
});

test('an injected event, its plan and its end', async () => {
  const outcome = await door.health.inject({ ...wish, uuid });
  expect(outcome).toMatchObject({
    action: 'drain-reset',
    scope: 'card',
    configured: false,
    before: { state: 'ok', sinceMs: null },
    after: { state: 'draining', reasons: [{ key: 'xid 95', injected: true, count: 1 }] },
    victim: null,
  });
  await harness.advance(2_000);
  const [sick] = (await door.health.read()).cards;
  expect(sick).toMatchObject({ state: 'draining', xids: { 95: 1 } });
  expect(await door.health.planHeal(uuid)).toMatchObject({ resets: false, notes: [] });
  await door.health.heal(uuid);
  await harness.advance(15_000);
  const [well] = (await door.health.read()).cards;
  expect(well).toMatchObject({
    state: 'ok',
    recovery: { state: 'readmitted', askedBy: 'operator' },
  });
});

test('bad input is refused with what is wrong', async () => {
  const refused = async (call: Promise<unknown>) =>
    call.then(
      () => 'accepted',
      (error: unknown) => String(error),
    );
  expect(await refused(door.health.inject({ ...wish, uuid, xid: 0 }))).toContain('xid is 0');
  expect(await refused(door.health.inject({ ...wish, uuid, xid: 100_000 }))).toContain('xid is');
  expect(await refused(door.health.inject({ ...wish, uuid: 'x' }))).toContain('no GPU UUID');
  expect(await refused(door.health.inject({ ...wish, uuid: 'GPU-none' }))).toContain('no card');
  expect(await refused(door.health.heal('GPU-none'))).toContain('no card');
  expect(await refused(door.health.heal(uuid))).toContain('nothing is wrong with this card');
});
