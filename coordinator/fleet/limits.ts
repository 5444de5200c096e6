import type { AnswerLimits } from './answers.ts';
import type { SilenceLimits } from './availability.ts';
import type { FlapLimits } from './flapping.ts';
import type { WatchLimits } from './view-watch.ts';

/** Every bound of the fleet's core. */
export interface FleetLimits extends SilenceLimits, FlapLimits, AnswerLimits, WatchLimits {
  /** How often the planner looks although nobody woke it. */
  readonly tickMs: number;
  readonly modelsMax: number;
  /** All that there are, those that are being reclaimed included. */
  readonly allocationsMax: number;
  /** Those of them that wait for room. */
  readonly allocationsWaitingMax: number;
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
  /** Calls that wait for their turn to write. */
  readonly writersWaitingMax: number;
  /** Revisions that the store keeps for watchers. */
  readonly revisionsKept: number;
}

/** What a coordinator uses unless its configuration says otherwise. */
export const fleetLimits: FleetLimits = {
  // Signs of life come once a second and are seen a quarter of one later: a host that died is noticed within 2 s.
  suspectAfterMs: 1_700,
  lostAfterMs: 60_000,
  massShare: 0.3,
  massNodesMin: 4,
  flapsMin: 3,
  flapWindowMs: 600_000,
  holdFirstMs: 10_000,
  holdMaxMs: 300_000,
  tickMs: 1_000,
  modelsMax: 10_000,
  allocationsMax: 10_000,
  allocationsWaitingMax: 1_000,
  modelBytesMax: 256 * 1024,
  changesKeptMax: 64,
  plansKeptMax: 64,
  planKeptMs: 3_600_000,
  planBytesMax: 384 * 1024,
  movesMax: 16,
  idleSecondsMin: 60,
  answerKeptMs: 3_600_000,
  answersMax: 10_000,
  answerBytesMax: 64 * 1024 * 1024,
  watchBufferMax: 1_024,
  watchersMax: 256,
  watchHistoryMax: 4_096,
  watchBookmarkMs: 10_000,
  writersWaitingMax: 1_000,
  revisionsKept: 10_000,
};
