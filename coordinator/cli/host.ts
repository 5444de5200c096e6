import { accessSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { writePrivateFile } from '../../shared/platform/private-file.ts';
import { openProgress, type Progress } from './progress.ts';

/** The machine that a command runs on: files that it reads and writes, and what it takes meanwhile. */
export interface Host {
  /** Throws REQUEST_INVALID for what is no readable file or is larger. */
  readonly readBytes: (path: string, bytesMax: number) => Buffer;
  /** Throws REQUEST_INVALID before long work is done for a file that could not be written in the end. */
  readonly checkWritable: (path: string) => void;
  /** For its owner's eyes alone. */
  readonly writePrivate: (path: string, text: string) => void;
  readonly writeText: (path: string, text: string) => void;
  /** Memory of this process. */
  readonly residentMib: () => number;
  readonly openProgress: () => Progress;
}

export const realHost: Host = {
  readBytes: (path, bytesMax) =>
    attempt(`cannot read ${path}`, () => {
      const { size } = statSync(path);
      if (size > bytesMax) {
        throw new Error(`it has ${size} bytes, at most ${bytesMax} are read`);
      }
      return readFileSync(path);
    }),
  checkWritable: (path) => {
    attempt(`cannot write ${path}`, () => {
      accessSync(dirname(path), constants.W_OK);
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
        throw new Error('it is a folder');
    });
  },
  writePrivate: writePrivateFile,
  writeText: (path, text) => {
    attempt(`cannot write ${path}`, () => {
      writeFileSync(path, text);
    });
  },
  residentMib: () => process.memoryUsage.rss() / 2 ** 20,
  openProgress: () => openProgress(process.stderr, systemClock),
};

function attempt<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new AppError('REQUEST_INVALID', what, { cause });
  }
}
