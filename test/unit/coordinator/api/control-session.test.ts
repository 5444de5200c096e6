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
import { FakeCore } from '../../../fakes/coordinator/fake-core.ts';

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

function listening() {
  const clock = new HeldUpClock();
  const call = Object.assign(new EventEmitter(), { write: () => true, end: () => undefined });
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
  };
  const session = new ControlSession(call as unknown as ControlCall, deps);
  let over = 0;
  session.begin(() => (over += 1));
  return { clock, errors, session, over: () => over };
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

test('what came while the process was held up is read before anybody is called silent', async () => {
  const { clock, errors, session } = listening();
  await clock.wakeAfter(20 * heartbeatMs);
  expect(errors).toEqual([]);
  session.heard();
  await clock.wakeAfter(3 * heartbeatMs - lookMs);
  expect(errors).toEqual([]);
});
