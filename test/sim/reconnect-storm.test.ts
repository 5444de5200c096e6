import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { CoordinatorLink } from '../../agent/link/link.ts';
import { silentLog } from '../../shared/platform/log.ts';
import type { LinkServiceClient } from '../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import { FakeCore } from '../fakes/agent/fake-core.ts';
import { seeded } from '../fakes/coordinator/sim-fleet.ts';
import { ManualClock } from '../fakes/manual-clock.ts';

const agents = 1_000;
const core = new FakeCore();

/** A coordinator that restarts: streams end at once, and dials fail until it is there again. */
class Site {
  readonly clock = new ManualClock();
  readonly dialledAtMs: number[] = [];
  readonly welcomedAtMs: number[] = [];
  up = true;
  readonly #open = new Set<EventEmitter>();

  restart(): void {
    this.up = false;
    for (const stream of this.#open) stream.emit('end');
    this.#open.clear();
  }

  connect(): LinkServiceClient {
    const stream = Object.assign(new EventEmitter(), {
      write: () => true,
      end: () => undefined,
      cancel: () => void this.#open.delete(stream),
    });
    this.dialledAtMs.push(this.clock.monotonicMs());
    queueMicrotask(() => this.#answer(stream));
    // Only what the control stream uses: there is nothing to sample.
    return { Control: () => stream, close: () => undefined } as unknown as LinkServiceClient;
  }

  #answer(stream: EventEmitter): void {
    if (!this.up) {
      stream.emit('error', new Error('connection refused'));
      return;
    }
    this.#open.add(stream);
    this.welcomedAtMs.push(this.clock.monotonicMs());
    const welcome = { protocolVersion: 1, capabilities: [], clusterId: 'c1', epoch: '1' };
    stream.emit('data', { message: 'welcome', welcome: { ...welcome, heartbeatMs: 60_000 } });
  }
}

function busiest(timesMs: readonly number[], bucketMs: number): number {
  const buckets = new Map<number, number>();
  for (const atMs of timesMs) {
    const bucket = Math.floor(atMs / bucketMs);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return Math.max(...buckets.values());
}

test.for([
  { name: 'is there again at once', downMs: 0, withinMs: 1_000, busiestShare: 0.2 },
  { name: 'is away for 3 s', downMs: 3_000, withinMs: 5_000, busiestShare: 0.15 },
])('a thousand agents return spread out to a coordinator that $name', async (given) => {
  const site = new Site();
  const random = seeded(7);
  const over = new AbortController();
  const links = Array.from({ length: agents }, (_, index) =>
    new CoordinatorLink({
      address: 'c:7443',
      node: `n-${index}`,
      core,
      clock: site.clock,
      random,
      log: silentLog,
      connect: () => site.connect(),
      onTrust: () => undefined,
      capabilities: [],
      recordEvent: () => undefined,
      samples: null,
    }).run(over.signal),
  );
  await site.clock.advance(100);
  expect(site.welcomedAtMs).toHaveLength(agents);
  site.welcomedAtMs.length = 0;
  site.dialledAtMs.length = 0;
  site.restart();
  // All have noticed before time goes on.
  for (let turn = 0; turn < 5; turn += 1) await site.clock.advance(0);
  await site.clock.advance(given.downMs);
  site.up = true;
  await site.clock.advance(given.withinMs);
  expect(site.welcomedAtMs).toHaveLength(agents);
  // Nobody dials before half a second has passed, and no tenth of a second sees more than its share.
  expect(Math.min(...site.dialledAtMs)).toBeGreaterThanOrEqual(600);
  expect(busiest(site.dialledAtMs, 100)).toBeLessThanOrEqual(agents * 0.25);
  expect(busiest(site.welcomedAtMs, 100)).toBeLessThanOrEqual(agents * given.busiestShare * 1.25);
  over.abort();
  await Promise.all(links);
});
