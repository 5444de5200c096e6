import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launch } from '../integration/cluster-harness.ts';
import type { Found } from '../setup/needs.ts';

const source = fileURLToPath(new URL('../fixtures/io-faults.c', import.meta.url));

/** What a disk does from now on to the files below one folder. */
export type DiskFault = 'fsync-eio' | 'write-eio' | `fsync-ms=${number}`;

/** A disk below `folder` that fails when it is told to, for programs started with `launch`. Needs gcc. */
export function failingDisk(
  scratch: string,
  folder: string,
): { readonly launch: Launch; fault(...faults: readonly DiskFault[]): void } {
  const library = join(scratch, 'io-faults.so');
  const control = join(scratch, 'io-faults');
  execFileSync('gcc', ['-O2', '-shared', '-fPIC', '-o', library, source]);
  const env = { LD_PRELOAD: library, IO_FAULTS_FOLDER: folder, IO_FAULTS_CONTROL: control };
  return { launch: { env }, fault: (...faults) => writeFileSync(control, faults.join('\n')) };
}

/** Whether file systems can be mounted here. */
export function mounting(): Found {
  const tried = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  const available = tried.status === 0;
  return { available, reason: 'it takes root, and the right to mount' };
}

/** A small file system of its own at `folder`. */
export class SmallDisk {
  readonly #folder: string;
  readonly #onExit = (): void => this.remove();

  constructor(folder: string, sizeMib: number) {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=700`, 'tmpfs', folder]);
    this.#folder = folder;
    process.once('exit', this.#onExit);
  }

  /** Not a byte is left. */
  fill(): void {
    // dd ends with an error when the disk is full, which is what it is for.
    spawnSync('dd', ['if=/dev/zero', `of=${join(this.#folder, 'full')}`, 'bs=4096']);
  }

  free(): void {
    rmSync(join(this.#folder, 'full'), { force: true });
  }

  /** Whoever still has files open there keeps them. */
  remove(): void {
    process.removeListener('exit', this.#onExit);
    spawnSync('umount', ['--lazy', this.#folder]);
  }
}
