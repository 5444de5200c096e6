import { expect, test } from 'vitest';
import { ChangeLog } from '../../../../../shared/placement/index/change-log.ts';

test('a node is told of at its last change, and only there', () => {
  const log = new ChangeLog(3);
  for (const slot of [0, 2, 0]) log.add(slot);
  expect([0, 1, 2].map((change) => log.latestAt(change))).toEqual([-1, 2, 0]);
});

test('a fork goes on by itself', () => {
  const log = new ChangeLog(2);
  log.add(0);
  const fork = log.fork();
  fork.add(0);
  expect([log.latestAt(0), fork.latestAt(0), log.head, fork.head]).toEqual([0, -1, 1, 2]);
});

test('what is further behind than the log is long is told so', () => {
  const log = new ChangeLog(1);
  for (let change = 0; change < 8_193; change += 1) log.add(0);
  expect([log.reaches(0), log.reaches(1)]).toEqual([false, true]);
});
