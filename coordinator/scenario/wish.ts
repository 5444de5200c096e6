import type { Claim } from '../../shared/domain/claim.ts';
import type { ModelName } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { TimeGauge } from './time-gauge.ts';

/** A replica that has a place. */
export interface Copy {
  readonly claim: Claim;
  ready: boolean;
}

/** What took a replica's service away. */
export type Fault = 'node-lost' | 'card-failed';

/** One replica that somebody wants. */
export interface Wish {
  readonly model: ModelTally;
  readonly sinceMs: number;
  /** How long it has a place, anew after a fault took it; null: it stays as long as it is wanted. */
  readonly lifeMs: number | null;
  /** null: it waits. */
  copy: Copy | null;
  /** The copy on a drained node, until the next one serves. */
  old: Copy | null;
  /** Waits since; null: it has a place. */
  waitsSinceMs: number | null;
  /** When its life ends; null: not as things are. */
  leavesAtMs: number | null;
  /** It has left, or given up. */
  over: boolean;
  /** What its model's gauges count of it. */
  counted: { placed: number; serving: number };
}

/** What became of a model, as it goes on. */
export interface ModelTally {
  readonly name: ModelName;
  readonly spec: ModelSpec;
  /** Those that `scale` asked for, oldest first. */
  readonly replicas: Wish[];
  /** In the order in which they are to get a place. */
  readonly waiting: Set<Wish>;
  readonly wanted: TimeGauge;
  readonly placed: TimeGauge;
  readonly serving: TimeGauge;
  readonly faults: Record<Fault, number>;
  asked: number;
  waited: number;
  gaveUp: number;
  longestWaitMs: number;
  /** The summary of the first refusal; empty: none. */
  reason: string;
  /** While the cluster is as it was then, the answer is no. -1: ask. */
  refusedAt: number;
}

export function newTally(spec: ModelSpec): ModelTally {
  return {
    name: spec.name,
    spec,
    replicas: [],
    waiting: new Set(),
    wanted: new TimeGauge(),
    placed: new TimeGauge(),
    serving: new TimeGauge(),
    faults: { 'node-lost': 0, 'card-failed': 0 },
    asked: 0,
    waited: 0,
    gaveUp: 0,
    longestWaitMs: 0,
    reason: '',
    refusedAt: -1,
  };
}

export function newWish(model: ModelTally, atMs: number, lifeMs: number | null): Wish {
  return {
    model,
    sinceMs: atMs,
    lifeMs,
    copy: null,
    old: null,
    waitsSinceMs: atMs,
    leavesAtMs: null,
    over: false,
    counted: { placed: 0, serving: 0 },
  };
}

/** Whether it serves through either of its copies. `isUp`: their nodes answer. */
export function isServing({ copy, old }: Wish, isUp: (copy: Copy) => boolean): boolean {
  return [copy, old].some((each) => each !== null && each.ready && isUp(each));
}

/** Brings the gauges of its model in step with it. */
export function count(wish: Wish, isUp: (copy: Copy) => boolean, atMs: number): void {
  const { model, counted } = wish;
  const placed = wish.copy !== null || wish.old !== null ? 1 : 0;
  const serving = isServing(wish, isUp) ? 1 : 0;
  model.placed.add(placed - counted.placed, atMs);
  model.serving.add(serving - counted.serving, atMs);
  wish.counted = { placed, serving };
}
