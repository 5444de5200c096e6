import { expect, test } from 'vitest';
import {
  descendantPids,
  groupRuns,
  parseProcStat,
  type ProcEntry,
} from '../../../../../agent/drivers/process/proc-table.ts';

const stat = (name: string, state = 'S'): string =>
  `42 (${name}) ${state} 7 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1000 100 18446744073709551615 0\n`;

test.for(['node', 'a b', 'odd) R 1 (name', '((', ') S 9 9'])(
  'a command called %s does not shift the fields',
  (name) => {
    expect(parseProcStat(stat(name))).toEqual({
      pid: 42,
      parentPid: 7,
      groupId: 42,
      startTicks: 987654,
      zombie: false,
    });
  },
);

test('a zombie is told, and anything else is nothing', () => {
  expect(parseProcStat(stat('node', 'Z'))?.zombie).toBe(true);
  expect(parseProcStat('')).toBeNull();
  expect(parseProcStat('42 (x) S 1')).toBeNull();
});

const entry = (pid: number, parentPid: number, groupId = pid, zombie = false): ProcEntry => ({
  pid,
  parentPid,
  groupId,
  startTicks: 0,
  zombie,
});

test('descendants are found in any order of the table, and cycles end', () => {
  const table = [entry(9, 8), entry(8, 5), entry(5, 1), entry(6, 1), entry(3, 9)];
  expect(descendantPids(table, 5)).toEqual([3, 5, 8, 9]);
  expect(descendantPids([entry(2, 3), entry(3, 2)], 2)).toEqual([2, 3]);
});

test('a group of zombies runs no more', () => {
  expect(groupRuns([entry(5, 1, 5, true)], 5)).toBe(false);
  expect(groupRuns([entry(5, 1, 5, true), entry(6, 1, 5)], 5)).toBe(true);
});
