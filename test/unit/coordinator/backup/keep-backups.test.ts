import { expect, test } from 'vitest';
import { backupSchema } from '../../../../coordinator/backup/backup-config.ts';
import type { BackupPlace } from '../../../../coordinator/backup/backup-place.ts';
import { BackupKeeper } from '../../../../coordinator/backup/keep-backups.ts';
import { AppError } from '../../../../shared/platform/errors.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

class Shelf implements BackupPlace {
  readonly name = 'a shelf';
  readonly held = new Map<string, string>();
  broken = false;

  async put(name: string, lines: AsyncIterable<string>): Promise<void> {
    if (this.broken) throw new AppError('BACKUP_FAILED', 'the shelf fell down');
    let text = '';
    for await (const line of lines) text += line;
    this.held.set(name, text);
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.held.keys()]);
  }

  remove(name: string): Promise<void> {
    this.held.delete(name);
    return Promise.resolve();
  }
}

function keeping(keep: number) {
  const clock = new ManualClock();
  const shelf = new Shelf();
  const leader = { leads: true };
  const keeper = new BackupKeeper({
    place: shelf,
    clusterId: 'cluster-a',
    take: async function* () {
      await Promise.resolve();
      yield 'all of it\n';
    },
    leads: () => leader.leads,
    everyMs: 3_600_000,
    keep,
    clock,
    log: silentLog,
  });
  const over = new AbortController();
  const running = keeper.run(over.signal);
  const hours = async (count: number): Promise<void> => {
    for (let passed = 0; passed < count * 60; passed += 1) await clock.advance(60_000);
  };
  const end = async (): Promise<void> => {
    over.abort();
    await running;
  };
  return { clock, shelf, leader, keeper, hours, end };
}

test('one at the start and one each hour, and only the newest of this cluster are kept', async () => {
  const { shelf, hours, end } = keeping(3);
  shelf.held.set('cluster-b.20200101T000000Z.snapshot.gz', 'of others');
  shelf.held.set('notes.txt', 'of people');
  await hours(6);
  await end();
  const ours = [...shelf.held.keys()].filter((name) => name.startsWith('cluster-a.'));
  expect(ours).toHaveLength(3);
  expect(ours.toSorted()).toEqual(ours);
  expect([...shelf.held.keys()]).toEqual(
    expect.arrayContaining(['cluster-b.20200101T000000Z.snapshot.gz', 'notes.txt']),
  );
});

test('a standby takes none, and begins within seconds of leading', async () => {
  const { shelf, leader, clock, hours, end } = keeping(3);
  leader.leads = false;
  await clock.advance(0);
  const before = shelf.held.size;
  await hours(3);
  expect(shelf.held.size).toBe(before);
  leader.leads = true;
  for (let seconds = 0; seconds < 3_600 && shelf.held.size === before; seconds += 10) {
    await clock.advance(10_000);
  }
  expect(shelf.held.size).toBe(before + 1);
  await end();
});

test('a failure is counted, told and tried again after minutes', async () => {
  const { shelf, keeper, hours, end } = keeping(3);
  await hours(0.5);
  shelf.broken = true;
  await hours(1);
  expect(keeper.state().failuresTotal).toBeGreaterThan(1);
  expect(keeper.state().lastError).toBe('the shelf fell down');
  shelf.broken = false;
  const before = shelf.held.size;
  await hours(0.2);
  expect(shelf.held.size).toBe(before + 1);
  expect(keeper.state()).toMatchObject({ lastError: '' });
  await end();
});

test.each([
  ['/var/backups/tangram/', { kind: 'folder', path: '/var/backups/tangram' }],
  ['s3://my-bucket', { kind: 's3', bucket: 'my-bucket', prefix: '' }],
  ['s3://my-bucket/eu/tangram/', { kind: 's3', bucket: 'my-bucket', prefix: 'eu/tangram' }],
])('%s is a place for backups', (to, want) => {
  expect(backupSchema.parse({ to })).toMatchObject({ to: want, every: 3_600_000, keep: 48 });
});

test.each([
  [{ to: 'backups' }, /no place for backups/],
  [{ to: 's3://UPPER' }, /no place for backups/],
  [{ to: '/b', every: '10s' }, /give 1m to 7d/],
  [{ to: '/b', keep: 0 }, /keep/],
])('%j is refused', (from, why) => {
  expect(backupSchema.safeParse(from).error?.message).toMatch(why);
});
