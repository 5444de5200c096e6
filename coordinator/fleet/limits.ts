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
  /** Plans that wait to be carried out by their id: the oldest go first. */
  readonly plansKeptMax: number;
  /** How long a plan may be carried out by its id. */
  readonly planKeptMs: number;
  /** Bytes of one plan as it is stored. */
  readonly planBytesMax: number;
  /** Replicas that one re-layout may move. */
  readonly movesMax: number;
  /** For how long a replica must have had nothing to do to count as idle; agents tell it in whole tens of seconds. */
  readonly idleSecondsMin: number;
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
  plansKeptMax: 64,
  planKeptMs: 3_600_000,
  planBytesMax: 384 * 1024,
  movesMax: 16,
  idleSecondsMin: 60,
  watchBufferMax: 1_024,
  watchersMax: 256,
  writersWaitingMax: 1_000,
  revisionsKept: 10_000,
};
