import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { runTelemetry } from '../../../../agent/link/telemetry-stream.ts';
import type { GpuSampleSet } from '../../../../agent/telemetry/sampler.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import type { LinkServiceClient } from '../../../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import type { TelemetryRequest } from '../../../../shared/wire/generated/tangram/link/v1/TelemetryRequest.ts';
import { gpuA, gpuB, gpuRow } from '../../../fakes/agent/fake-core.ts';
import { ManualClock, settle } from '../../../fakes/manual-clock.ts';

/** A stream that keeps what is written to it. */
class FakeStream extends EventEmitter {
  readonly written: TelemetryRequest[] = [];

  write(message: TelemetryRequest): boolean {
    this.written.push(message);
    return true;
  }

  /** Requests that the coordinator has read of this stream, and what it asks for; 0 as an older one, which does not. */
  acknowledge(requests: number, batchesTogether = 0): void {
    const count = String(requests);
    this.emit('data', { batchesAccepted: count, batchesReceived: count, batchesTogether });
  }

  end(): void {}

  cancel(): void {}

  times(): unknown[] {
    return this.written.map(
      ({ batch, batches }) => batches?.map(({ atMs }) => atMs) ?? batch?.atMs,
    );
  }
}

function setUp() {
  const clock = new ManualClock();
  const streams: FakeStream[] = [];
  const openedAtMs: number[] = [];
  const client = {
    Telemetry: () => {
      const stream = new FakeStream();
      openedAtMs.push(clock.monotonicMs());
      streams.push(stream);
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
      onHeard: () => undefined,
    },
    // A stand-in for the one method that is used, with the overload that is called.
    client as unknown as LinkServiceClient,
    controller.signal,
  );
  const sample = (atMs: number, uuid = gpuA): void => tell({ atMs, cards: [gpuRow({ uuid })] });
  const end = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  return { clock, streams, openedAtMs, counts, sample, end };
}

test('no more than four batches go unacknowledged; the newest ten wait, and older ones are dropped', async () => {
  const { streams, counts, sample, end } = setUp();
  for (let atMs = 1; atMs <= 16; atMs += 1) sample(atMs);
  const stream = streams[0];
  expect(stream?.times()).toEqual([1, 2, 3, 4]);
  expect(counts).toEqual({ sent: 4, dropped: 2 });
  stream?.acknowledge(1);
  expect(stream?.times()).toEqual([1, 2, 3, 4, 7]);
  stream?.acknowledge(5);
  expect(stream?.times()).toEqual([1, 2, 3, 4, 7, 8, 9, 10, 11]);
  await end();
  expect(counts).toEqual({ sent: 9, dropped: 2 + 5 });
});

test('an acknowledgement of what was never sent, or an older one, opens nothing', async () => {
  const { streams, sample, end } = setUp();
  for (let atMs = 1; atMs <= 6; atMs += 1) sample(atMs);
  const stream = streams[0];
  stream?.acknowledge(1_000);
  stream?.acknowledge(0);
  for (let atMs = 7; atMs <= 12; atMs += 1) sample(atMs);
  expect(stream?.times()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  await end();
});

test('a stream that ends is opened again after 1 s, 2 s, 4 s, and tells its series anew', async () => {
  const { clock, streams, openedAtMs, sample, end } = setUp();
  for (const waitMs of [1_000, 2_000, 4_000]) {
    sample(1);
    streams.at(-1)?.emit('error', new Error('coordinator restarts'));
    await clock.advance(waitMs);
  }
  sample(2);
  expect(openedAtMs).toEqual([0, 1_000, 3_000, 7_000]);
  expect(streams.map(({ written }) => written[0]?.series?.rows)).toEqual([
    [gpuA],
    [gpuA],
    [gpuA],
    [gpuA],
  ]);
  await end();
  await settle();
});

test('nothing is written once the agent ends', async () => {
  const { streams, sample, end } = setUp();
  await end();
  sample(9);
  expect(streams[0]?.written).toEqual([]);
});

test('as many batches go together as the coordinator asks for, and no more than are shown in time', async () => {
  const { sample, streams, counts, end } = setUp();
  await settle();
  const [stream] = streams;
  sample(1);
  stream?.acknowledge(1, 3);
  for (let atMs = 2; atMs <= 5; atMs += 1) sample(atMs);
  expect(stream?.times()).toEqual([1, [2, 3, 4]]);
  stream?.acknowledge(2, 100);
  for (let atMs = 6; atMs <= 9; atMs += 1) sample(atMs);
  expect(stream?.times()).toEqual([1, [2, 3, 4], [5, 6, 7, 8, 9]]);
  expect(counts).toEqual({ sent: 9, dropped: 0 });
  // A coordinator of before took over: it knows one at a time.
  sample(10);
  stream?.acknowledge(3, 0);
  expect(stream?.times().slice(3)).toEqual([10]);
  await end();
});

test('batches of other cards do not go together: each follows its series', async () => {
  const { sample, streams, end } = setUp();
  await settle();
  const [stream] = streams;
  sample(1);
  stream?.acknowledge(1, 3);
  sample(2);
  sample(3, gpuB);
  sample(4, gpuB);
  expect(stream?.times()).toEqual([1, 2]);
  sample(5, gpuB);
  expect(stream?.times()).toEqual([1, 2, [3, 4, 5]]);
  expect(stream?.written.map(({ series }) => series?.rows ?? null)).toEqual([[gpuA], null, [gpuB]]);
  await end();
});
