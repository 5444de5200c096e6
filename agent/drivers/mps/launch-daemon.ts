import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/platform/errors.ts';
import { spawnDetached } from '../process/spawn-detached.ts';
import { pipeEnv, type CardFolders } from './control-pipe.ts';

/** An AF_UNIX path holds 107 bytes; beyond that the daemon exits with 1 and says nothing at all. */
const socketPathBytesMax = 100;

/** A daemon on its way: what is launched ends at once, and what it leaves in the background answers some time later. */
interface Launch {
  /** `failed`: it has ended with an error, and no other daemon is to be expected in its place. */
  state(): 'no' | 'failed';
  /** Why it does not answer, for people. */
  words(): string;
}

/** Starts the daemon of one card in a session of its own, which sees that card alone. */
export async function launchDaemon(
  folders: CardFolders,
  options: { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<Launch> {
  // Open to the users of the clients: a closed parent makes servers crash in a loop.
  mkdirSync(folders.pipe, { recursive: true, mode: 0o755 });
  mkdirSync(folders.log, { recursive: true, mode: 0o755 });
  const outputFile = join(folders.log, 'start.out');
  const saidBefore = sizeOf(outputFile);
  const child = await spawnDetached({
    argv: options.argv,
    env: {
      ...inherited(),
      ...options.env,
      ...pipeEnv(folders),
      CUDA_VISIBLE_DEVICES: folders.gpu,
    },
    cwd: folders.log,
    outputFile,
  });
  let exitCode: number | null | undefined;
  void child.exited.then((code) => (exitCode = code));
  const said = (): string => wordsSince(outputFile, saidBefore);
  return {
    state: () => {
      if (exitCode === undefined || exitCode === 0) return 'no';
      // Another agent of this host was faster: its daemon answers soon.
      return /already running/i.test(said()) ? 'no' : 'failed';
    },
    words: () => startWords(said(), exitCode),
  };
}

/** Throws MPS_FAILED for folders in which no daemon could listen. */
export function checkPathLength(folders: CardFolders): void {
  const socket = join(folders.pipe, 'control');
  const bytes = Buffer.byteLength(socket);
  if (bytes > socketPathBytesMax) {
    throw new AppError(
      'MPS_FAILED',
      `the MPS control socket ${socket} has a path of ${bytes} bytes; at most ${socketPathBytesMax} work`,
      { hint: 'set mps.dir to a shorter directory, such as /run/tangram/mps' },
    );
  }
}

function inherited(): Readonly<Record<string, string>> {
  const { PATH, HOME, LD_LIBRARY_PATH } = process.env;
  return {
    LC_ALL: 'C',
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** What was appended to a file after it had `size` bytes. */
function wordsSince(file: string, size: number): string {
  return existsSync(file) ? readFileSync(file).subarray(size).toString('utf8').trim() : '';
}

function startWords(words: string, exitCode: number | null | undefined): string {
  if (words !== '') return words.slice(-400);
  return exitCode === undefined
    ? 'it was started but does not answer'
    : `exit code ${exitCode ?? 'unknown'}, no text`;
}
