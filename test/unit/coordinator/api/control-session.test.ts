import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import {
  ControlSession,
  type ControlCall,
  type ControlDeps,
} from '../../../../coordinator/api/control-session.ts';
import { GeometryPool } from '../../../../coordinator/api/geometry-pool.ts';
import { createLinkCounters } from '../../../../coordinator/api/link-counters.ts';
import { LogsDesk } from '../../../../coordinator/api/logs-desk.ts';
import { StreamWatch } from '../../../../coordinator/api/stream-watch.ts';
import type { Clock } from '../../../../shared/platform/clock.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { encodeInventory } from '../../../../shared/wire/inventory-codec.ts';
import { linkService } from '../../../../shared/wire/services.ts';
import type { ControlResponse } from '../../../../shared/wire/generated/tangram/link/v1/ControlResponse.ts';
import { FakeCore } from '../../../fakes/coordinator/fake-core.ts';
import { inventoryOf } from '../../../fakes/link-agent.ts';

const heartbeatMs = 1_000;
/** Between looks at a stream. */
const lookMs = heartbeatMs / 4;

/** A process that is held up: it wakes when the test says so, however late that is. */
class HeldUpClock implements Clock {
  #nowMs = 0;
  #wake: () => void = () => undefined;

  wallMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  async sleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async wakeAfter(ms: number): Promise<void> {
    this.#nowMs += ms;
    this.#wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const peer = '127.0.0.1:40000';

function listening(
  traffic?: { bytesRead: number; bytesWritten: number },
  beat: Partial<Pick<ControlDeps, 'heartbeatMs'>> = {},
) {
  const clock = new HeldUpClock();
  const said: ControlResponse[] = [];
  const call = Object.assign(new EventEmitter(), {
    write: (message: ControlResponse) => said.push(message) > 0,
    end: () => undefined,
    getPeer: () => peer,
  });
  const errors: string[] = [];
  call.on('error', (error: { readonly details: string }) => errors.push(error.details));
  const deps: ControlDeps = {
    core: new FakeCore(),
    logs: new LogsDesk(clock),
    clock,
    log: silentLog,
    counters: createLinkCounters(),
    heartbeatMs,
    watch: new StreamWatch(clock, heartbeatMs),
    geometries: new GeometryPool(),
    ...beat,
    ...(traffic === undefined
      ? {}
      : { connections: { of: (of) => (of === peer ? traffic : undefined) } }),
  };
  const session = new ControlSession(call as unknown as ControlCall, deps);
  let over = 0;
  session.begin(() => (over += 1));
  return { clock, call, said, errors, over: () => over };
}

test('a stream on which nothing is heard for three heartbeats is ended, once', async () => {
  const { clock, errors, over } = listening();
  await clock.wakeAfter(3 * heartbeatMs - lookMs);
  await clock.wakeAfter(lookMs);
  expect([errors, over()]).toEqual([[], 0]);
  await clock.wakeAfter(lookMs);
  await clock.wakeAfter(lookMs);
  expect([errors, over()]).toEqual([['nobody said hello for 3250 ms'], 1]);
});

function hello(capabilities: readonly string[]): object {
  const inventory = encodeInventory(inventoryOf({ node: 'n1', cards: 'L4' }));
  const message = {
    hello: {
      protocolVersion: 1,
      capabilities: [...capabilities],
      clusterId: '',
      epochSeen: 0,
      generationSeen: 0,
      inventory,
    },
  };
  return linkService.Control.requestDeserialize(linkService.Control.requestSerialize(message));
}

const heartbeats = (said: readonly ControlResponse[]): number =>
  said.filter(({ heartbeat }) => heartbeat).length;

test('bytes on its connection say that an agent lives, and one that pings is not told so in messages', async () => {
  const traffic = { bytesRead: 1, bytesWritten: 1 };
  const { clock, call, said, errors } = listening(traffic);
  call.emit('data', hello(['logs', 'pings']));
  expect(said[0]?.welcome?.capabilities).toEqual(['logs', 'pings']);
  for (let second = 0; second < 20; second += 1) {
    traffic.bytesRead += 17;
    for (let look = 0; look < 4; look += 1) await clock.wakeAfter(lookMs);
  }
  expect([errors, heartbeats(said)]).toEqual([[], 0]);
  for (let look = 0; look < 13; look += 1) await clock.wakeAfter(lookMs);
  expect(errors).toEqual(['the agent was silent for 3250 ms']);
});

test('an agent that does not ping is told in messages, unless something else is written to it', async () => {
  const traffic = { bytesRead: 1, bytesWritten: 1 };
  const { clock, call, said } = listening(traffic);
  call.emit('data', hello(['logs']));
  for (let look = 0; look < 24; look += 1) {
    traffic.bytesRead += 100;
    await clock.wakeAfter(lookMs);
  }
  expect(heartbeats(said)).toBeGreaterThan(0);
  const before = heartbeats(said);
  for (let look = 0; look < 24; look += 1) {
    traffic.bytesRead += 100;
    traffic.bytesWritten += 40;
    await clock.wakeAfter(lookMs);
  }
  expect(heartbeats(said)).toBe(before);
});

test('pings that are slower than the beat are not asked for', () => {
  const { call, said } = listening({ bytesRead: 1, bytesWritten: 1 }, { heartbeatMs: 500 });
  call.emit('data', hello(['logs', 'pings']));
  expect(said[0]?.welcome?.capabilities).toEqual(['logs']);
});

test('bytes before its hello save no stream', async () => {
  const traffic = { bytesRead: 1, bytesWritten: 1 };
  const { clock, errors } = listening(traffic);
  for (let look = 0; look < 13; look += 1) {
    traffic.bytesRead += 100;
    await clock.wakeAfter(lookMs);
  }
  expect(errors).toEqual(['nobody said hello for 3250 ms']);
});

test('what came while the process was held up is read before anybody is called silent', async () => {
  const { clock, call, errors } = listening();
  call.emit('data', hello(['logs']));
  await clock.wakeAfter(20 * heartbeatMs);
  expect(errors).toEqual([]);
  call.emit('data', { message: 'heartbeat', heartbeat: {} });
  await clock.wakeAfter(3 * heartbeatMs - lookMs);
  expect(errors).toEqual([]);
});
