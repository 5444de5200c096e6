import { expect, test } from 'vitest';
import type { ProcessUse } from '../../../../agent/drivers/nvidia-smi/slow-queries.ts';
import { ProcessTable } from '../../../../agent/telemetry/process-table.ts';
import type { GpuRow } from '../../../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { gpuA, gpuRow } from '../../../fakes/agent/fake-core.ts';
import { FakeSampling } from '../../../fakes/agent/fake-nvidia-smi.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

function setUp(cards: readonly GpuRow[], uses: readonly ProcessUse[] | Error = []) {
  const clock = new ManualClock();
  const fake = new FakeSampling(() => clock.monotonicMs());
  let useReads = 0;
  const table = new ProcessTable({
    nvidiaSmi: {
      ...fake.tool(),
      readProcessUse: async () => {
        useReads += 1;
        if (uses instanceof Error) throw uses;
        return uses;
      },
    },
    cards: () => cards,
    clock,
    log: silentLog,
    signal: new AbortController().signal,
  });
  return { clock, fake, table, useReads: () => useReads };
}

const one = { gpu: gpuA, pid: 7, name: 'python', memoryUsedMib: 300 };
const two = { gpu: gpuA, pid: 8, name: 'python', memoryUsedMib: 400 };

test('processes are asked for only when somebody looks, at most once in two seconds, and never shown when old', async () => {
  const { clock, fake, table } = setUp([gpuRow()]);
  fake.processes = [one];
  const told = [{ ...one, smRatio: null }];
  await clock.advance(10_000);
  expect(fake.processReads).toBe(0);
  expect(await Promise.all([table.read(), table.read()])).toEqual([told, told]);
  expect(fake.processReads).toBe(1);
  await clock.advance(3_000);
  fake.failProcesses = true;
  expect(await table.read()).toEqual(told);
  await clock.advance(3_000);
  expect(await table.read()).toBeNull();
});

test('who uses how much is asked only where a card has several processes', async () => {
  const uses = [{ gpuIndex: 0, pid: 7, smRatio: 0.5 }];
  const alone = setUp([gpuRow()], uses);
  alone.fake.processes = [one];
  await alone.table.read();
  expect(alone.useReads()).toBe(0);

  const shared = setUp([gpuRow()], uses);
  shared.fake.processes = [one, two];
  expect((await shared.table.read())?.map((row) => row.smRatio)).toEqual([0.5, null]);

  const cut = setUp([gpuRow({ migEnabled: true })], uses);
  cut.fake.processes = [one, two];
  await cut.table.read();
  expect(cut.useReads()).toBe(0);
});

test('processes are told even where their use cannot be read', async () => {
  const { fake, table } = setUp([gpuRow()], new Error('pmon hangs'));
  fake.processes = [one, two];
  expect((await table.read())?.map((row) => row.pid)).toEqual([7, 8]);
});

test('where the tool takes seconds, what it told last is shown until it can have told anew', async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const table = new ProcessTable({
    nvidiaSmi: {
      queryProcesses: async () => {
        await clock.sleep(4_000, signal);
        return [one];
      },
    },
    cards: () => [gpuRow()],
    clock,
    log: silentLog,
    signal,
  });
  const first = table.read();
  await clock.advance(2_000);
  expect(await first).toBeNull();
  await clock.advance(8_000);
  const later = table.read();
  await clock.advance(2_000);
  expect((await later)?.map((row) => row.pid)).toEqual([7]);
});
