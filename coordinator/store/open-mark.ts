import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * An empty file beside a store while it is open. Where it is left, the store was not closed, and its log must be there.
 * Invariant: it goes before SQLite may remove the log, also when the process ends by itself; a file and not a row,
 * because it must go when the disk is full, too.
 */
export class OpenMark {
  readonly #file: string;
  readonly #folder: string;
  readonly #onExit = (): void => rmSync(this.#file, { force: true });

  constructor(store: string) {
    this.#file = `${store}-open`;
    this.#folder = dirname(store);
  }

  isThere(): boolean {
    return existsSync(this.#file);
  }

  /** On disk when it returns. */
  set(): void {
    for (const path of [this.#file, this.#folder]) {
      const opened = openSync(path, path === this.#file ? 'w' : 'r');
      fsyncSync(opened);
      closeSync(opened);
    }
    // SQLite's addon closes what is open at the end of the process, and that removes the log.
    process.once('exit', this.#onExit);
  }

  clear(): void {
    process.removeListener('exit', this.#onExit);
    rmSync(this.#file, { force: true });
  }
}
