import { AppError } from '../../shared/platform/errors.ts';
import { paced, serverStream } from '../../shared/wire/server-stream.ts';
import { unary } from '../../shared/wire/unary.ts';
import type { SnapshotServiceHandlers } from '../../shared/wire/generated/tangram/v1/SnapshotService.ts';
import type { Backups } from '../backup/open-backups.ts';

/** Where snapshots come from, and how those that are taken by themselves are doing. */
export interface Snapshots {
  /** The lines of a snapshot that is taken now. */
  readonly take: () => AsyncIterable<string>;
  /** null: no backups are configured. */
  readonly backups: Pick<Backups, 'place' | 'state'> | null;
}

interface SnapshotDeps {
  readonly snapshots: Snapshots;
  readonly onError: (error: unknown) => void;
}

/** Each reads the whole store. */
const snapshotsMax = 2;
const pieceBytes = 256 * 1024;

/** The door for operators who keep copies. */
export function snapshotHandlers({ snapshots, onError }: SnapshotDeps): SnapshotServiceHandlers {
  let running = 0;
  return {
    TakeSnapshot: serverStream(async (call, signal) => {
      if (running >= snapshotsMax) {
        throw new AppError('LIMIT_REACHED', `${running} snapshots are being taken already`, {
          hint: 'wait for one of them to end',
        });
      }
      running += 1;
      try {
        for await (const piece of pieces(snapshots.take())) {
          await paced(call, { piece }, signal);
          if (signal.aborted) return;
        }
      } finally {
        running -= 1;
      }
    }, onError),
    GetBackups: unary(() => {
      const { backups } = snapshots;
      const state = backups?.state();
      return {
        place: backups?.place ?? '',
        lastSuccessMs: state?.lastSuccessMs ?? 0,
        failuresTotal: state?.failuresTotal ?? 0,
        lastError: state?.lastError ?? '',
      };
    }, onError),
  };
}

/** Lines put together, so that a small one does not cost a message. */
async function* pieces(lines: AsyncIterable<string>): AsyncIterable<Buffer> {
  let text = '';
  for await (const line of lines) {
    text += line;
    if (text.length < pieceBytes) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
