import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Found } from '../../setup/needs.ts';
import { parseWriteLog, type FileEvent } from './write-log.ts';

const compiler = '/usr/bin/gcc';
const writes = 600;
const atATime = 4;
const runMsMax = 120_000;

/** What the recorder is compiled with. */
export const realGcc: Found = {
  available: existsSync(compiler),
  reason: `there is no ${compiler}; install gcc`,
};

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The program that writes; its arguments are told in it. */
export const writerScript = fileURLToPath(
  new URL('../../fixtures/store-writer.mjs', import.meta.url),
);
/** The embedded store as it is shipped. */
export const shippedStore = path('../../../dist/coordinator/store/sqlite-store.js');

/** Runs the writer on a store in `folder` to its end and answers all that it asked of the file system. */
export function recordWrites(folder: string, store: string): readonly FileEvent[] {
  const recorder = join(folder, 'recorder.so');
  const source = path('write-recorder.c');
  execFileSync(compiler, ['-O2', '-shared', '-fPIC', '-o', recorder, source, '-ldl', '-lpthread']);
  const recorded = join(folder, 'recorded');
  const log = join(folder, 'log');
  mkdirSync(recorded);
  const args = [
    store,
    join(recorded, 'db'),
    String(writes),
    String(atATime),
    join(recorded, 'acks'),
  ];
  const run = spawnSync(process.execPath, [writerScript, ...args], {
    env: { ...process.env, LD_PRELOAD: recorder, RECORD_FOLDER: recorded, RECORD_LOG: log },
    encoding: 'utf8',
    timeout: runMsMax,
  });
  if (run.status !== 0) throw new Error(`the writer failed: ${run.stderr}`);
  return parseWriteLog(readFileSync(log));
}

/**
 * A copy of the shipped store in `folder` in which `wrong` stands for `right`: a bug that must be caught. Answers its
 * entry, for `recordWrites`.
 */
export function plantBug(folder: string, right: string, wrong: string): string {
  const planted = join(folder, 'planted');
  for (const room of ['coordinator/store', 'shared']) {
    cpSync(path(`../../../dist/${room}`), join(planted, room), { recursive: true });
  }
  symlinkSync(path('../../../node_modules'), join(planted, 'node_modules'));
  writeFileSync(join(planted, 'package.json'), '{"type":"module"}\n');
  const files = readdirSync(planted, { recursive: true, encoding: 'utf8' });
  const holding = files.filter(
    (file) =>
      file.endsWith('.js') &&
      !file.startsWith('node_modules') &&
      readFileSync(join(planted, file), 'utf8').includes(right),
  );
  const [file] = holding;
  if (file === undefined || holding.length > 1) {
    throw new Error(`${right} stands in ${holding.length} files: plant the bug elsewhere`);
  }
  const text = readFileSync(join(planted, file), 'utf8');
  writeFileSync(join(planted, file), text.replace(right, wrong));
  return join(planted, 'coordinator/store/sqlite-store.js');
}
