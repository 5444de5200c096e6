import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDiskFull } from '../../shared/platform/disk-full.ts';
import { AppError } from '../../shared/platform/errors.ts';

/** Below this a full disk stays full: a small write may fit by chance, and the next one does not. */
const roomBytesMin = 1024 * 1024;

/** The room that the store's file has, as far as writes tell. */
export class DiskRoom {
  readonly #path: string;
  readonly #freeBytes: () => number;
  #refusal: string | null = null;

  constructor(path: string, freeBytes: () => number = () => freeBytesBeside(path)) {
    this.#path = path;
    this.#freeBytes = freeBytes;
  }

  /** What a caller of the store is told in the place of `error`. */
  told(error: unknown): unknown {
    if (!isDiskFull(error)) return error;
    this.#refusal = `the disk of ${this.#path} is full`;
    return new AppError('STORE_FULL', `cannot write to the store ${this.#path}`, {
      cause: error,
      hint: 'make room on its disk; nothing is started or changed until then, and models run on',
    });
  }

  /** Why nothing can be kept, from the first refused write until there is room; null: there is. */
  refusal(): string | null {
    if (this.#refusal !== null && this.#freeBytes() >= roomBytesMin) this.#refusal = null;
    return this.#refusal;
  }

  /** The same calls, which tell of a full disk in words of ours. */
  around<Part extends Calls<Part>>(part: Part): Part {
    const calls = Object.entries<Call>(part).map(([name, call]) => [name, this.#telling(call)]);
    // The same names with the same signatures.
    return Object.fromEntries(calls) as Part;
  }

  #telling(call: Call): (...args: readonly unknown[]) => unknown {
    return (...args) => {
      try {
        return Reflect.apply(call, undefined, args);
      } catch (error) {
        throw this.told(error);
      }
    };
  }
}

type Call = (...args: never[]) => unknown;
type Calls<Part> = { readonly [Name in keyof Part]: Call };

function freeBytesBeside(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
}
