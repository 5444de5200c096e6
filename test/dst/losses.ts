import type { FleetLimits } from '../../coordinator/fleet/limits.ts';
import type { Judge } from './judge.ts';

/** The judge and a leader learn of silence at different moments. */
const slackMs = 1_500;
/** What somebody says while a term begins, and then no more, its leader may never hear: it counts from that beginning. */
const beginningMs = 50;

/** Says when a leader gives up a node that it must not give up. */
export class Losses {
  readonly #judge: Judge;
  readonly #nowMs: () => number;
  readonly #limits: FleetLimits;
  /** Nodes by name: when they were given up last. */
  readonly #atMs = new Map<string, number>();

  constructor(judge: Judge, nowMs: () => number, limits: FleetLimits) {
    this.#judge = judge;
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  /** A leader gives up a node. `silentMs`: of each node, since when nothing of it has been heard there. */
  lost(node: string, silentMs: ReadonlyMap<string, number>): void {
    const { lostAfterMs, suspectAfterMs, massNodesMin, massShare } = this.#limits;
    const own = silentMs.get(node) ?? 0;
    this.#atMs.set(node, this.#nowMs());
    if (own < lostAfterMs - beginningMs) {
      this.#judge.say('I6', `${node} is given up after ${Math.round(own)} ms of silence`);
    }
    if (this.#judge.nodes.rows.get(`nodes/${node}`)?.wanted === 'draining') return;
    const known = [...silentMs].filter(([name, ms]) => this.#counts(name, ms, own));
    const silent = known.filter(([, ms]) => ms > suspectAfterMs + slackMs);
    if (known.length >= massNodesMin && silent.length > known.length * massShare) {
      this.#judge.say('I6', `${node} is given up while ${silent.length} nodes are silent`);
    }
  }

  /** Whether it says anything about another's silence of `ownMs`: who was given up long before that does not. */
  #counts(name: string, ms: number, ownMs: number): boolean {
    if (!this.#judge.nodes.rows.has(`nodes/${name}`)) return false;
    const atMs = this.#atMs.get(name);
    const gone = atMs !== undefined && ms > this.#nowMs() - atMs;
    return !gone || Math.abs(ms - ownMs) < this.#limits.lostAfterMs - slackMs;
  }
}
