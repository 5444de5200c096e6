import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readVariable } from '../../../../../agent/drivers/process/proc-environ.ts';
import { findMarked } from '../../../../../agent/drivers/process/marked-processes.ts';

const { signal } = new AbortController();

test('finds processes by a variable of their environment, and no others', async () => {
  const proc = mkdtempSync(join(tmpdir(), 'proc-'));
  const make = (pid: string, environ: string | null): void => {
    mkdirSync(join(proc, pid));
    writeFileSync(join(proc, pid, 'comm'), 'python3\n');
    if (environ !== null) writeFileSync(join(proc, pid, 'environ'), environ);
  };
  make('41', 'PATH=/bin\0TANGRAM_ALLOCATION=train\0HOME=/\0');
  make('7', 'TANGRAM_ALLOCATION=a=b');
  make('8', 'X=TANGRAM_ALLOCATION=train\0TANGRAM_ALLOCATION_X=no');
  make('9', null);
  make('self', 'TANGRAM_ALLOCATION=train');
  expect(await findMarked('TANGRAM_ALLOCATION', signal, proc)).toEqual([
    { pid: 7, name: 'python3', value: 'a=b' },
    { pid: 41, name: 'python3', value: 'train' },
  ]);
  const read = (pid: number): string | null => readVariable(pid, 'TANGRAM_ALLOCATION', proc);
  expect([41, 7, 8, 9, 10].map(read)).toEqual(['train', 'a=b', null, null, null]);
  rmSync(proc, { recursive: true });
});

test('finds a process of this machine while it runs', async () => {
  const name = `of-test-${process.pid}`;
  const child = spawn('sleep', ['60'], { env: { TANGRAM_MARK_OF_TEST: name }, stdio: 'ignore' });
  await new Promise((resolve) => child.once('spawn', resolve));
  const found = async () =>
    (await findMarked('TANGRAM_MARK_OF_TEST', signal)).filter(({ value }) => value === name);
  expect((await found()).map(({ pid }) => pid)).toEqual([child.pid]);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  expect(await found()).toEqual([]);
});

test('throws where processes cannot be listed: nobody seen is not nobody there', async () => {
  await expect(findMarked('X', signal, '/nowhere')).rejects.toThrow('ENOENT');
});
