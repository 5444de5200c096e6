import type { Ask } from '../ask.ts';
import { Board, type BoardWorld } from './board.ts';
import { OptionTable } from './option-table.ts';

/** What all boards of one engine may take together. */
const bytesMax = 64 * 1024 * 1024;
/** Boards that are kept however small they are. */
const countMax = 4_096;

/**
 * The boards of one engine, by shape of request. The least recently used go first when there are too many.
 * Invariants: a cache; which boards there are changes no answer.
 */
export class Boards {
  /** The most recently used last. */
  private readonly byKey: Map<string, Board>;
  private bytes: number;
  private readonly options: OptionTable;

  constructor(from?: Boards) {
    this.byKey = new Map(from?.byKey);
    this.bytes = from?.bytes ?? 0;
    this.options = from?.options ?? new OptionTable();
  }

  /** Whether there is a board for `ask`, so that reading it costs little. */
  has(ask: Ask): boolean {
    return this.byKey.has(ask.key);
  }

  /** The board for `ask`, up to date. */
  current(ask: Ask, world: BoardWorld): Board {
    const board = this.refreshed(ask, world, Infinity).board;
    // In the last place: it is the one used last.
    this.byKey.delete(ask.key);
    this.byKey.set(ask.key, board);
    this.shed();
    return board;
  }

  /** Brings boards up to date, those used last first, for at most `budget` nodes; returns what is left of it. */
  refresh(world: BoardWorld, budget: number): number {
    let left = budget;
    for (const { ask } of [...this.byKey.values()].toReversed()) {
      if (left <= 0) break;
      left = this.refreshed(ask, world, left).rest;
    }
    return left;
  }

  fork(): Boards {
    for (const board of this.byKey.values()) board.shared = true;
    return new Boards(this);
  }

  private refreshed(ask: Ask, world: BoardWorld, budget: number) {
    const known = this.byKey.get(ask.key);
    if (known?.isCurrent(world) === true) return { board: known, rest: budget };
    const before = known?.bytes ?? 0;
    const board = known === undefined || known.shared ? new Board(ask, known) : known;
    const rest = board.refresh(world, budget, this.options);
    this.bytes += board.bytes - before;
    this.byKey.set(ask.key, board);
    return { board, rest };
  }

  private shed(): void {
    for (const [key, board] of this.byKey) {
      const over = this.bytes > bytesMax || this.byKey.size > countMax;
      if (!over || this.byKey.size === 1) return;
      this.byKey.delete(key);
      this.bytes -= board.bytes;
    }
  }
}
