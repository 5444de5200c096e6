import { beforeEach, expect, test } from 'vitest';
import type { GpuRow } from '../../../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import {
  processesWhenChanged,
  type ReadProcesses,
} from '../../../../agent/observe/processes-when-changed.ts';
import { gpuA, gpuRow } from '../../../fakes/agent/fake-core.ts';
import { FakeSampling } from '../../../fakes/agent/fake-nvidia-smi.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const never = new AbortController().signal;
const python = { gpu: gpuA, pid: 7, name: 'python', memoryUsedMib: 300 };

let clock: ManualClock;
let tool: FakeSampling;
let read: ReadProcesses;
beforeEach(() => {
  clock = new ManualClock();
  tool = new FakeSampling(() => clock.monotonicMs());
  tool.processes = [python];
  read = processesWhenChanged(clock);
});

async function look(over: Partial<GpuRow> = {}) {
  return read(tool.tool(), [gpuRow(over)], never);
}

test('processes are asked for once in half a minute while the memory stays as it is', async () => {
  for (const afterMs of [0, 10_000, 10_000, 9_999]) {
    await clock.advance(afterMs);
    expect(await look()).toEqual({ kind: 'seen', value: [python] });
  }
  expect(tool.processReads).toBe(1);
  await clock.advance(1);
  tool.processes = [];
  expect(await look()).toEqual({ kind: 'seen', value: [] });
  expect(tool.processReads).toBe(2);
});

const changes: readonly { readonly of: string; readonly over: Partial<GpuRow> }[] = [
  { of: 'the memory in use', over: { memoryUsedMib: 1_025 } },
  { of: 'MIG mode', over: { migEnabled: true } },
  { of: 'the compute mode', over: { computeMode: 'Exclusive_Process' } },
];
test.for(changes)('a change of $of has them asked for at once', async ({ over }) => {
  await look();
  tool.processes = [];
  expect(await look(over)).toEqual({ kind: 'seen', value: [] });
  expect(await look(over)).toEqual({ kind: 'seen', value: [] });
  expect(tool.processReads).toBe(2);
});

test('another card has them asked for, too', async () => {
  await look();
  await read(tool.tool(), [gpuRow(), gpuRow({ index: 1 })], never);
  expect(tool.processReads).toBe(2);
});

test.for([{ memoryUsedMib: null }, { error: 'GPU is lost' }])(
  'a card that tells %o has them asked for each time',
  async (over) => {
    await look(over);
    await look(over);
    expect(tool.processReads).toBe(2);
  },
);

test('a failure makes that part blind, and nothing that was known before stands in', async () => {
  await look();
  tool.failProcesses = true;
  const failed = { kind: 'blind', reason: 'nvidia-smi hangs' };
  expect(await look({ memoryUsedMib: 1 })).toEqual(failed);
  expect(await look()).toEqual(failed);
  tool.failProcesses = false;
  expect(await look()).toEqual({ kind: 'seen', value: [python] });
});
