import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { runTelemetry } from '../../../../agent/link/telemetry-stream.ts';
import type { GpuSampleSet } from '../../../../agent/telemetry/sampler.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import type { LinkServiceClient } from '../../../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import type { TelemetryRequest } from '../../../../shared/wire/generated/tangram/link/v1/TelemetryRequest.ts';
import { gpuA, gpuRow } from '../../../fakes/agent/fake-core.ts';
import { ManualClock, settle } from '../../../fakes/manual-clock.ts';

/** A stream that takes `room` messages before it asks its writer to wait. */
class SlowStream extends EventEmitter {
  readonly written: TelemetryRequest[] = [];
  room: number;

  constructor(room: number) {
    super();
    this.room = room;
  }

  write(message: TelemetryRequest): boolean {
    this.written.push(message);
    this.room -= 1;
    return this.room > 0;
  }

  end(): void {}

  cancel(): void {}
}

function setUp(room: number) {
  const clock = new ManualClock();
  const streams: { readonly stream: SlowStream; readonly fail: (details: string) => void }[] = [];
  const openedAtMs: number[] = [];
  const client = {
    Telemetry: (answer: (error: { details: string }) => void) => {
      const stream = new SlowStream(room);
      openedAtMs.push(clock.monotonicMs());
      streams.push({ stream, fail: (details) => answer({ details }) });
      return stream;
    },
  };
  const counts = { sent: 0, dropped: 0 };
  let tell: (sample: GpuSampleSet) => void = () => undefined;
  const controller = new AbortController();
  const running = runTelemetry(
    {
      node: 'n1',
      samples: {
        onSample: (listener) => {
          tell = listener;
          return () => {
            tell = () => undefined;
          };
        },
      },
      clock,
      random: () => 1,
      log: silentLog,
      onSent: () => (counts.sent += 1),
      onDropped: () => (counts.dropped += 1),
    },
    // A stand-in for the one method that is used, with the overload that is called.
    client as unknown as LinkServiceClient,
    controller.signal,
  );
  const sample = (atMs: number): void => tell({ atMs, cards: [gpuRow()] });
  const end = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  return { clock, streams, openedAtMs, counts, sample, end };
}

test('a full stream drops batches and counts them; after it drains the newest go on', async () => {
  const { streams, counts, sample, end } = setUp(2);
  for (const atMs of [1, 2, 3, 4]) sample(atMs);
  const stream = streams[0]?.stream;
  expect(stream?.written.map((message) => message.batch?.atMs)).toEqual([1, 2]);
  expect(counts).toEqual({ sent: 2, dropped: 2 });
  stream?.emit('drain');
  sample(5);
  expect(stream?.written.map((message) => message.batch?.atMs)).toEqual([1, 2, 5]);
  await end();
});

test('a stream that ends is opened again after 1 s, 2 s, 4 s, and tells its series anew', async () => {
  const { clock, streams, openedAtMs, sample, end } = setUp(100);
  for (const waitMs of [1_000, 2_000, 4_000]) {
    sample(1);
    streams.at(-1)?.fail('coordinator restarts');
    await clock.advance(waitMs);
  }
  sample(2);
  expect(openedAtMs).toEqual([0, 1_000, 3_000, 7_000]);
  expect(streams.map(({ stream }) => stream.written[0]?.series?.rows)).toEqual([
    [gpuA],
    [gpuA],
    [gpuA],
    [gpuA],
  ]);
  await end();
  await settle();
});

test('nothing is written once the agent ends', async () => {
  const { streams, sample, end } = setUp(100);
  await end();
  sample(9);
  expect(streams[0]?.stream.written).toEqual([]);
});
