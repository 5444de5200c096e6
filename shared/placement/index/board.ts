import type { Ask } from '../ask.ts';
import { refuseHost } from '../ask.ts';
import type { NodeRecord } from '../node-record.ts';
import type { Policy } from '../policies/policy.ts';
import { rateNode } from '../rate-node.ts';
import type { ChangeLog } from './change-log.ts';
import { hostNeedOf, type HostColumns, type HostNeed } from './host-columns.ts';
import type { OptionTable } from './option-table.ts';
import { Tournament } from './tournament.ts';

/** Ratings by state that one board remembers, a power of two. */
const ratingsKept = 1_024;

/** What a board is read against. */
export interface BoardWorld {
  /** In order of name; their indices are the slots. */
  readonly records: readonly NodeRecord[];
  readonly hosts: HostColumns;
  readonly log: ChangeLog;
  readonly policy: Policy;
  /** Grows when slots are given anew. */
  readonly seating: number;
}

/**
 * What every node would cost for one shape of request, kept up to date from the log of changes, and only when asked.
 * Invariants: once `isCurrent`, each score is what `scoreNode` gives for that node now; nothing depends on when or in
 * how many portions it was brought up to date.
 */
export class Board {
  readonly ask: Ask;
  private readonly hostNeed: HostNeed;
  /** Forks share boards: one that is shared is copied before it is written to. */
  shared = false;
  private tree: Tournament;
  private policy: Policy | null;
  private seating: number;
  /** Slots below it are scored as of `seen`. */
  private scored: number;
  private seen: number;
  /** Ratings of states, found by the low bits of their id. */
  private readonly ratedIds: Int32Array;
  private readonly ratings: Float64Array;

  constructor(ask: Ask, from: Board | undefined) {
    this.ask = ask;
    this.hostNeed = hostNeedOf(ask);
    this.tree = from === undefined ? new Tournament(0) : new Tournament(0, from.tree);
    this.policy = from?.policy ?? null;
    this.seating = from?.seating ?? -1;
    this.scored = from?.scored ?? 0;
    this.seen = from?.seen ?? 0;
    this.ratedIds = from?.ratedIds.slice() ?? new Int32Array(ratingsKept).fill(-1);
    this.ratings = from?.ratings.slice() ?? new Float64Array(ratingsKept);
  }

  get bytes(): number {
    return this.tree.bytes + this.ratedIds.byteLength + this.ratings.byteLength;
  }

  get scores(): Tournament {
    return this.tree;
  }

  isCurrent(world: BoardWorld): boolean {
    return (
      this.policy === world.policy &&
      this.seating === world.seating &&
      this.scored === world.records.length &&
      this.seen === world.log.head
    );
  }

  /** Brings the board up to date, for at most `budget` nodes; returns what is left of the budget. */
  refresh(world: BoardWorld, budget: number, options: OptionTable): number {
    const { records, log } = world;
    if (this.ask.need !== null) options.begin(this.ask.need, world.policy);
    if (this.policy !== world.policy || this.seating !== world.seating || !log.reaches(this.seen)) {
      this.begin(world);
    }
    let left = budget;
    for (; this.seen < log.head && left > 0; this.seen += 1) {
      const slot = log.latestAt(this.seen);
      if (slot < 0 || slot >= this.scored) continue;
      left -= 1;
      const score = this.scoreNode(slot, world, options);
      if (this.scored === records.length) this.tree.set(slot, score);
      else this.tree.write(slot, score);
    }
    if (this.scored === records.length) return left;
    for (; this.scored < records.length && left > 0; this.scored += 1) {
      left -= 1;
      this.tree.write(this.scored, this.scoreNode(this.scored, world, options));
    }
    if (this.scored === records.length) this.tree.rebuild();
    return left;
  }

  private begin(world: BoardWorld): void {
    if (this.policy !== world.policy) this.ratedIds.fill(-1);
    this.policy = world.policy;
    this.seating = world.seating;
    this.tree = new Tournament(world.records.length);
    this.scored = 0;
    this.seen = world.log.head;
  }

  private scoreNode(slot: number, world: BoardWorld, options: OptionTable): number {
    const { ask, hostNeed } = this;
    const { records, hosts, policy } = world;
    if (hosts.refuses(slot, hostNeed)) return Infinity;
    const isShared = ask.need === null || ask.need.count === 1;
    const id = hosts.stateIds[slot] ?? -1;
    const at = id & (ratingsKept - 1);
    if (isShared && !hostNeed.isPicky && this.ratedIds[at] === id)
      return this.ratings[at] ?? Infinity;
    const record = records[slot];
    if (record === undefined || (hostNeed.isPicky && refuseHost(record, ask) !== null))
      return Infinity;
    if (!isShared) return rateNode(record, ask, policy);
    if (this.ratedIds[at] === id) return this.ratings[at] ?? Infinity;
    const rating = rateNode(record, ask, policy, options);
    this.ratedIds[at] = id;
    this.ratings[at] = rating;
    return rating;
  }
}
