import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/platform/errors.ts';
import { afterReboot, decodeState, encodeState, type SimState } from './state.ts';

const lockWaitMs = 10;
const lockWaitMaxMs = 10_000;
/** No invocation holds the lock for as long as this: its owner is gone even if its pid was given away. */
const lockStaleMs = 30_000;

/** The shared file behind separate invocations: read without a lock, changed under one, written atomically. */
export interface StateFolder {
  /** undefined: there is no state yet. Throws CONFIG_INVALID with one clear message when it is corrupt. */
  read(): SimState | undefined;
  /** Applies `change` to the newest state, alone. The state it returns is what the next reader sees. */
  update<T>(change: (state: SimState | undefined) => readonly [SimState | undefined, T]): T;
  /** Changes when somebody wrote; for loops that want to read only then. */
  revision(): string;
}

export interface StateFolderOptions {
  readonly directory: string;
  readonly bootId: string;
  readonly wallMs: () => number;
  readonly pid: number;
}

export function openStateFolder(options: StateFolderOptions): StateFolder {
  const file = join(options.directory, 'state.json');
  const load = (): SimState | undefined => {
    const text = readIfThere(file);
    if (text === undefined) return undefined;
    const decoded = decodeState(text);
    if (!decoded.ok) {
      throw new AppError(
        'CONFIG_INVALID',
        `cannot use the simulator's state ${file}: ${decoded.problem.message}`,
        { hint: 'remove the file and create the cards again with --sim-init' },
      );
    }
    return decoded.value;
  };
  const update: StateFolder['update'] = (change) => {
    mkdirSync(options.directory, { recursive: true });
    const unlock = lock(join(options.directory, 'state.lock'), options);
    try {
      const loaded = load();
      const before = loaded === undefined ? undefined : inThisBoot(loaded, options.bootId);
      const [after, answer] = change(before);
      if (after !== undefined && after !== loaded)
        writeAtomically(file, encodeState(after), options.pid);
      return answer;
    } finally {
      unlock();
    }
  };
  return {
    read: () => {
      const state = load();
      if (state === undefined || state.bootId === options.bootId) return state;
      return update((newest) => [newest, newest]);
    },
    update,
    revision: () => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? '' : `${stat.ino}:${stat.mtimeMs}:${stat.size}`;
    },
  };
}

function inThisBoot(state: SimState, bootId: string): SimState {
  return state.bootId === bootId ? state : afterReboot(state, bootId);
}

function writeAtomically(file: string, text: string, pid: number): void {
  const temporary = `${file}.${pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

/** Waits for the lock file; takes over one whose owner is dead. Returns what releases it. */
function lock(file: string, options: StateFolderOptions): () => void {
  const startedMs = options.wallMs();
  for (;;) {
    try {
      writeFileSync(file, String(options.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!isCode(error, 'EEXIST')) {
        throw new AppError('CONFIG_INVALID', `cannot write the simulator's lock ${file}`, {
          cause: error,
          hint: 'the state directory must be writable',
        });
      }
    }
    if (isStale(file, options.wallMs())) takeAway(file, options.pid);
    else if (options.wallMs() - startedMs > lockWaitMaxMs) {
      throw new AppError('CONFIG_INVALID', `the simulator's lock ${file} is held for too long`, {
        hint: 'another invocation is stuck; end it, or remove the lock file',
      });
    } else pause(lockWaitMs);
  }
}

function isStale(file: string, nowMs: number): boolean {
  const owner = readIfThere(file);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (owner === undefined || stat === undefined) return false;
  if (nowMs - stat.mtimeMs > lockStaleMs) return true;
  const pid = Number(owner);
  // An empty file belongs to somebody between open and write: age decides.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: alive, but somebody else's.
    return !isCode(error, 'EPERM');
  }
}

/** Renames before removing, so that of two rescuers only one removes the stale lock and none a fresh one's file twice. */
function takeAway(file: string, pid: number): void {
  const aside = `${file}.stale.${pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new AppError('CONFIG_INVALID', `cannot read ${file}`, { cause: error });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Synchronous on purpose: an invocation is short and has nothing else to do meanwhile. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
