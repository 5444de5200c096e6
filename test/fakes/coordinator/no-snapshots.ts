import type { Snapshots } from '../../../coordinator/api/snapshot-service.ts';

/** For servers of tests that are about something else: snapshots of an empty store. */
export const noSnapshots: Snapshots = {
  take: async function* () {
    await Promise.resolve();
    yield '{"format":"tangram-snapshot/1"}\n';
  },
  backups: null,
};
