import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { backoffMs, jittered } from '../../../../shared/platform/backoff.ts';
import { BoundedQueue } from '../../../../shared/platform/bounded-queue.ts';
import { parseConfig, readConfigFile } from '../../../../shared/platform/config-file.ts';
import { AppError, errorChain, errorHint, isAppError } from '../../../../shared/platform/errors.ts';
import { runTogether } from '../../../../shared/platform/lifecycle.ts';
import { openSqlite } from '../../../../shared/platform/sqlite.ts';
import { Wake } from '../../../../shared/platform/wake.ts';

const folder = mkdtempSync(join(tmpdir(), 'tangram-platform-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function thrown(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a configuration file', () => {
  const schema = z.strictObject({ port: z.number().int(), name: z.string().default('a') });

  test('tells every problem at once, with its path', () => {
    const error = thrown(() => parseConfig('port: x\nnaem: b\n', 'agent.yaml', schema));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('port:');
    expect(error.message).toContain('naem');
  });

  test('that is not YAML names line and column', () => {
    expect(thrown(() => parseConfig('a: [1\nb: 2', 'agent.yaml', schema)).message).toMatch(
      /agent\.yaml:\d+:\d+ is not YAML/,
    );
  });

  test('that is missing says what to do', () => {
    const error = thrown(() => readConfigFile(join(folder, 'none.yaml'), schema));
    expect(errorHint(error)).toContain('--config');
  });

  test('fills in defaults', () => {
    expect(parseConfig('port: 1', 'x', schema)).toEqual({ port: 1, name: 'a' });
  });
});

describe('a database file', () => {
  const migrations = ['CREATE TABLE t (a INTEGER) STRICT;'];

  test('keeps what was committed, and takes later migrations', () => {
    const path = join(folder, 'kept', 'a.db');
    const first = openSqlite(path, { exclusive: true, migrations });
    first.exec('INSERT INTO t VALUES (7)');
    first.close();
    const again = openSqlite(path, {
      exclusive: true,
      migrations: [...migrations, 'ALTER TABLE t ADD COLUMN b INTEGER;'],
    });
    expect(again.prepare('SELECT a, b FROM t').all()).toEqual([{ a: 7, b: null }]);
    again.close();
  });

  test('is refused to a second process', () => {
    const path = join(folder, 'b.db');
    const first = openSqlite(path, { exclusive: true, migrations });
    expect(thrown(() => openSqlite(path, { exclusive: true, migrations })).message).toContain(
      'another process has the store',
    );
    first.close();
  });

  test.for([
    { name: 'rubbish', content: Buffer.alloc(8192, 'x') },
    {
      name: 'a torn header',
      content: Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4096, 0xff)]),
    },
  ])('that holds $name says so and what to do', ({ content, name }) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.db`);
    writeFileSync(path, content);
    const error = thrown(() => openSqlite(path, { exclusive: true, migrations }));
    expect(error.code).toBe('STORE_UNREADABLE');
    expect(error.message).toContain(path);
    expect(errorHint(error)).toContain('backup');
  });

  test('of a newer program is not touched', () => {
    const path = join(folder, 'newer.db');
    openSqlite(path, {
      exclusive: true,
      migrations: [...migrations, 'CREATE TABLE u (a) STRICT;'.replace('(a)', '(a TEXT)')],
    }).close();
    expect(errorChain(thrown(() => openSqlite(path, { exclusive: true, migrations })))).toContain(
      'was written by a newer program: schema 2, this one knows 1',
    );
  });
});

test('an error chain joins causes and finds the first hint', () => {
  const error = new AppError('DOCKER_REFUSED', 'cannot start x', {
    cause: new AppError('IMAGE_UNKNOWN', 'no image y', {
      hint: 'build it',
      cause: new Error('404'),
    }),
  });
  expect(errorChain(error)).toBe('cannot start x: no image y: 404');
  expect(errorHint(error)).toBe('build it');
});

test('back-off doubles up to its ceiling, and jitter stays within half', () => {
  const limits = { firstMs: 1_000, maxMs: 5_000 };
  expect([0, 1, 2, 3, 99].map((failures) => backoffMs(failures, limits))).toEqual([
    1_000, 2_000, 4_000, 5_000, 5_000,
  ]);
  expect([jittered(100, () => 0), jittered(100, () => 1)]).toEqual([50, 100]);
});

test('a full queue drops the oldest and counts it', async () => {
  const queue = new BoundedQueue<number>(2);
  for (const item of [1, 2, 3]) queue.push(item);
  queue.end();
  const read: number[] = [];
  for await (const item of queue) read.push(item);
  expect({ read, dropped: queue.droppedCount }).toEqual({ read: [2, 3], dropped: 1 });
});

test('a wake before the wait is not lost, and many count as one', async () => {
  const wake = new Wake();
  const never = new AbortController().signal;
  wake.wake();
  wake.wake();
  await wake.wait(never);
  const controller = new AbortController();
  const waiting = wake.wait(controller.signal);
  controller.abort();
  await waiting;
});

test('the first failing task aborts the others and is the one that is told', async () => {
  const outcome: string[] = [];
  const waits = async (signal: AbortSignal): Promise<void> => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    outcome.push('aborted');
  };
  const fails = (): Promise<void> => Promise.reject(new Error('first'));
  await expect(runTogether(new AbortController().signal, [waits, fails])).rejects.toThrow('first');
  expect(outcome).toEqual(['aborted']);
});
