import { expect, test } from 'vitest';
import {
  cpuRatio,
  parseCpuTimes,
  parseMemInfo,
} from '../../../../../agent/drivers/host/proc-files.ts';

test('CPU time counts I/O wait as idle and guests once', () => {
  const times = parseCpuTimes('cpu  100 0 50 800 50 0 0 0 70 0\ncpu0 1 2 3 4\n');
  expect(times).toEqual({ busy: 150, total: 1_000 });
});

test('the ratio is that of the last period, and 0 before there is one', () => {
  expect(cpuRatio(null, { busy: 10, total: 100 })).toBe(0);
  expect(cpuRatio({ busy: 10, total: 100 }, { busy: 60, total: 200 })).toBe(0.5);
  // Counters that went back (a container moved to another host) are no load.
  expect(cpuRatio({ busy: 10, total: 100 }, { busy: 5, total: 50 })).toBe(0);
  expect(cpuRatio({ busy: 10, total: 100 }, { busy: 10, total: 100 })).toBe(0);
});

test('used memory is what a new process cannot have', () => {
  expect(
    parseMemInfo('MemTotal:       16384000 kB\nMemFree: 1 kB\nMemAvailable:    8192000 kB\n'),
  ).toEqual({ totalMib: 16000, usedMib: 8000 });
});

test('another format is nothing, never zeros', () => {
  expect(parseCpuTimes('intr 1 2 3\n')).toBeNull();
  expect(parseCpuTimes('cpu  a b c d\n')).toBeNull();
  expect(parseMemInfo('Memory: lots\n')).toBeNull();
});
