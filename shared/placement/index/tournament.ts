/**
 * Scores of nodes in order of name, and the lowest of them; among equals the first. A tree of winners over an array:
 * a change costs a path to the root.
 * Invariants: `winners[1]` is the best slot of all; slots that hold no node score Infinity.
 */
export class Tournament {
  /** A power of two. */
  private readonly size: number;
  private readonly scores: Float64Array;
  /** `winners[i]` is the best slot below node i; the children of i are 2i and 2i+1, the slots follow the last node. */
  private readonly winners: Int32Array;

  constructor(slots: number, from?: Tournament) {
    if (from === undefined) {
      let size = 2;
      while (size < slots) size *= 2;
      this.size = size;
      this.scores = new Float64Array(size).fill(Infinity);
      this.winners = new Int32Array(size);
    } else {
      this.size = from.size;
      this.scores = from.scores.slice();
      this.winners = from.winners.slice();
    }
  }

  get bytes(): number {
    return this.scores.byteLength + this.winners.byteLength;
  }

  score(slot: number): number {
    return this.scores[slot] ?? Infinity;
  }

  /** Writes without keeping the tree: `rebuild` before the next question. */
  write(slot: number, score: number): void {
    this.scores[slot] = score;
  }

  rebuild(): void {
    for (let node = this.size - 1; node > 0; node -= 1) this.settle(node);
  }

  set(slot: number, score: number): void {
    if (this.scores[slot] === score) return;
    this.scores[slot] = score;
    for (let node = (this.size + slot) >>> 1; node > 0; node >>>= 1) {
      const before = this.winners[node];
      this.settle(node);
      // Another won before and still does: nothing above has changed.
      if (before !== slot && this.winners[node] === before) return;
    }
  }

  /** The best slot outside `excluded` (ascending); -1: none has a finite score. */
  best(excluded: readonly number[]): number {
    let best = -1;
    let from = 0;
    for (let at = 0; at <= excluded.length; at += 1) {
      const to = excluded[at] ?? this.size;
      const found = this.bestBetween(from, to);
      if (found >= 0 && (best < 0 || this.score(found) < this.score(best))) best = found;
      from = to + 1;
    }
    return best;
  }

  /** The best slot of `[from, to)`; -1: none has a finite score. */
  private bestBetween(from: number, to: number): number {
    let best = -1;
    const consider = (node: number): void => {
      const slot = node >= this.size ? node - this.size : (this.winners[node] ?? 0);
      const score = this.score(slot);
      if (score === Infinity) return;
      const known = best < 0 ? Infinity : this.score(best);
      if (score < known || (score === known && slot < best)) best = slot;
    };
    let low = this.size + from;
    let high = this.size + to;
    if (from === 0 && to === this.size) {
      consider(1);
      return best;
    }
    for (; low < high; low >>>= 1, high >>>= 1) {
      if ((low & 1) === 1) {
        consider(low);
        low += 1;
      }
      if ((high & 1) === 1) {
        high -= 1;
        consider(high);
      }
    }
    return best;
  }

  private settle(node: number): void {
    const left = this.winnerOf(2 * node);
    const right = this.winnerOf(2 * node + 1);
    this.winners[node] = this.score(right) < this.score(left) ? right : left;
  }

  private winnerOf(node: number): number {
    return node >= this.size ? node - this.size : (this.winners[node] ?? 0);
  }
}
