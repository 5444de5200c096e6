import type { GetBackupsResponse__Output } from '../../shared/wire/generated/tangram/v1/GetBackupsResponse.ts';
import type { SnapshotServiceClient } from '../../shared/wire/generated/tangram/v1/SnapshotService.ts';
import type { Via } from './ask.ts';

/** What the command line asks about copies of the store. */
export interface SnapshotCalls {
  /** The text of a snapshot, in pieces. Ends when `signal` aborts. */
  takeSnapshot(signal: AbortSignal): AsyncIterable<string>;
  getBackups(): Promise<GetBackupsResponse__Output>;
}

export function snapshotCalls(service: SnapshotServiceClient, { ask, read }: Via): SnapshotCalls {
  return {
    takeSnapshot: async function* (signal) {
      const decoder = new TextDecoder();
      for await (const { piece } of read(service.takeSnapshot({}), signal)) {
        yield decoder.decode(piece, { stream: true });
      }
    },
    getBackups: async () =>
      ask<object, GetBackupsResponse__Output>(
        (sent, options, answer) => service.getBackups(sent, options, answer),
        {},
      ),
  };
}
