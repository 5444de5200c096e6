import type { SilenceLimits } from './availability.ts';

/** Every bound of the fleet's core. */
export interface FleetLimits extends SilenceLimits {
  /** How often the planner looks although nobody woke it. */
  readonly tickMs: number;
  readonly modelsMax: number;
  /** Bytes of one model's document as it is stored. */
  readonly modelBytesMax: number;
  /** Changes that are over and still shown. */
  readonly changesKeptMax: number;
  /** Events that a slow watcher may lag behind. */
  readonly watchBufferMax: number;
  readonly watchersMax: number;
  /** Calls that wait for their turn to write. */
  readonly writersWaitingMax: number;
  /** Revisions that the store keeps for watchers. */
  readonly revisionsKept: number;
}

/** What a coordinator uses unless its configuration says otherwise. */
export const fleetLimits: FleetLimits = {
  suspectAfterMs: 5_000,
  lostAfterMs: 60_000,
  massShare: 0.3,
  massNodesMin: 4,
  tickMs: 1_000,
  modelsMax: 10_000,
  modelBytesMax: 256 * 1024,
  changesKeptMax: 64,
  watchBufferMax: 1_024,
  watchersMax: 256,
  writersWaitingMax: 1_000,
  revisionsKept: 10_000,
};
