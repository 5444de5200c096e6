/** One path a way to take the same batches. */
export const ingestPaths = {
  /** As the coordinator does: read, kept in rings, acknowledged. */
  kept: '/bench.Ingest/Kept',
  /** The bytes alone, neither looked at nor acknowledged: what the transport costs. */
  undecoded: '/bench.Ingest/Undecoded',
  /** Objects of the usual decoder, not kept and not acknowledged. */
  usual: '/bench.Ingest/Usual',
} as const;

export type IngestPath = keyof typeof ingestPaths;

/** What the server has done so far. */
export interface IngestTally extends Readonly<Record<IngestPath, number>> {
  readonly cpuSeconds: number;
}
