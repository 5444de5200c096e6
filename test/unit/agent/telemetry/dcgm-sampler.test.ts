import { expect, test } from 'vitest';
import type { DcgmRow } from '../../../../agent/drivers/dcgm/dcgmi.ts';
import { DcgmSampler } from '../../../../agent/telemetry/dcgm-sampler.ts';
import { BoundedQueue } from '../../../../shared/platform/bounded-queue.ts';
import { AppError } from '../../../../shared/platform/errors.ts';
import { silentLog, type Log } from '../../../../shared/platform/log.ts';
import { gpuA } from '../../../fakes/agent/fake-core.ts';
import { ManualClock, settle } from '../../../fakes/manual-clock.ts';

const row: DcgmRow = {
  gpu: gpuA,
  gpuInstanceId: 1,
  engineActiveRatio: 0.5,
  smActiveRatio: 0.25,
  smOccupancyRatio: null,
  tensorActiveRatio: null,
  memoryActiveRatio: null,
  pcieSentBytesPerS: null,
  pcieReceivedBytesPerS: null,
};

function setUp() {
  const clock = new ManualClock();
  const starts: number[] = [];
  const said: string[] = [];
  const queues: BoundedQueue<readonly DcgmRow[] | Error>[] = [];
  const running = new Set<object>();
  const tell =
    (level: string) =>
    (_fields: object, message: string): void => {
      said.push(`${level} ${message}`);
    };
  const log: Log = Object.assign(Object.create(silentLog), {
    info: tell('info'),
    warn: tell('warn'),
  });
  const sampler = new DcgmSampler({
    dcgmi: {
      async *sample(_periodMs, signal) {
        starts.push(clock.monotonicMs());
        const queue = new BoundedQueue<readonly DcgmRow[] | Error>(16);
        queues.push(queue);
        running.add(queue);
        signal.addEventListener('abort', () => queue.end());
        try {
          for await (const next of queue) {
            if (next instanceof Error) throw next;
            yield next;
          }
          signal.throwIfAborted();
        } finally {
          running.delete(queue);
        }
      },
    },
    clock,
    random: () => 1,
    log,
    periodMs: 1_000,
  });
  const controller = new AbortController();
  const loop = sampler.run(controller.signal);
  const end = async (): Promise<void> => {
    controller.abort();
    await loop;
  };
  const push = (next: readonly DcgmRow[] | Error): void => {
    queues.at(-1)?.push(next);
  };
  return { clock, sampler, starts, said, running, push, end };
}

test('what DCGM measured is told until it is stale, and then nothing is', async () => {
  const { clock, sampler, push, end } = setUp();
  await settle();
  expect([sampler.latest(), sampler.reason]).toEqual([null, 'no sample yet']);
  push([row]);
  await clock.advance(2_000);
  expect(sampler.latest()).toEqual({ rows: [row], ageMs: 2_000 });
  expect(sampler.reason).toBeNull();
  await clock.advance(9_000);
  expect(sampler.latest()).toBeNull();
  await end();
});

test('a host without DCGM is told of once and asked seldom', async () => {
  const { clock, sampler, starts, said, push, end } = setUp();
  for (let round = 0; round < 4; round += 1) {
    await settle();
    push(new AppError('DRIVER_AWAY', 'cannot find the program "dcgmi"'));
    await clock.advance(300_000);
  }
  expect(starts).toEqual([0, 300_000, 600_000, 900_000, 1_200_000]);
  expect(said).toEqual(['info no DCGM here: utilisation under MIG is not known']);
  expect(sampler.reason).toBe('cannot find the program "dcgmi"');
  await end();
});

test('a loop that dies is started again after 2 s, 4 s, 8 s', async () => {
  const { clock, starts, said, push, end } = setUp();
  for (let round = 0; round < 3; round += 1) {
    await settle();
    push(new Error('it stalls'));
    await clock.advance(1_000 * 2 ** (round + 1));
  }
  expect(starts).toEqual([0, 2_000, 6_000, 14_000]);
  expect(said).toEqual(['warn sampling through DCGM ended; it is started again']);
  await end();
});

test('no child runs while a card is changed, and what it said before is forgotten', async () => {
  const { sampler, starts, running, push, end } = setUp();
  await settle();
  push([row]);
  await settle();
  await sampler.release(new AbortController().signal);
  expect([running.size, sampler.latest()]).toEqual([0, null]);
  sampler.resume();
  await settle();
  expect([running.size, starts.length]).toEqual([1, 2]);
  await end();
});

test('another layout ends the child, because DCGM numbers its instances anew', async () => {
  const { sampler, starts, push, end } = setUp();
  await settle();
  sampler.noteLayout('GPU-a 1');
  push([row]);
  await settle();
  sampler.noteLayout('GPU-a 1');
  expect(sampler.latest()).not.toBeNull();
  sampler.noteLayout('GPU-a 2');
  await settle();
  expect([sampler.latest(), starts.length]).toEqual([null, 2]);
  await end();
});
