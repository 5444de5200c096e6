import type { GpuUuid, NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { NodeStatus, NodeTarget } from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';

/** What an agent said last, and whether it is still there. In memory only: it comes anew after every start. */
export interface LiveNode {
  readonly node: NodeName;
  /** null: its agent has not connected since this coordinator started. */
  readonly inventory: Inventory | null;
  readonly status: NodeStatus | null;
  readonly replicas: ReadonlyMap<ReplicaId, ReplicaStatus>;
  readonly connected: boolean;
  /** The session's agent has reported a status, so what it does not mention does not run there. */
  readonly reported: boolean;
  /** Monotonic; the start of this coordinator for a node that has not spoken yet. */
  readonly heardAtMs: number;
  /** Wall clock; 0: never. */
  readonly seenAtMs: number;
  /** Declared lost, until its agent speaks again. */
  readonly lost: boolean;
  /** When its link was lost, oldest first; monotonic. */
  readonly flapsAtMs: readonly number[];
  /** Cards with shares that the store does not know: nothing is placed there. */
  readonly strangers: readonly GpuUuid[];
  readonly send: ((target: NodeTarget) => void) | null;
  /** The newest target that this session was sent. */
  readonly sent: Pick<NodeTarget, 'epoch' | 'generation'> | null;
  /** Tells a session's late messages from its successor's. */
  readonly session: number;
}

type SignOfLife = Pick<LiveNode, 'heardAtMs' | 'seenAtMs'>;

/** What changes with every word of an agent, or by our own doing: no news for anybody. */
const noNews: ReadonlySet<string> = new Set(['heardAtMs', 'seenAtMs', 'sent']);

/**
 * The nodes that agents speak for.
 * Invariants: one entry a node; values are replaced, never changed in place; who is heard now is heard last of all;
 * `onNews` is told of every node that is
 * not as it was, a later sign of life apart.
 */
export class NodeRegistry {
  readonly #onNews: (node: NodeName) => void;
  readonly #nodes = new Map<NodeName, LiveNode>();
  /** On how many nodes a replica is. */
  readonly #replicas = new Map<ReplicaId, number>();
  /** The names in order; null: one has come since. Sorting thousands of them in each round would cost milliseconds. */
  #order: readonly NodeName[] | null = null;
  /** The names, whoever was heard longest ago first. */
  readonly #byHeard = new Set<NodeName>();
  #sessions = 0;

  constructor(onNews: (node: NodeName) => void) {
    this.#onNews = onNews;
  }

  get(name: NodeName): LiveNode | undefined {
    return this.#nodes.get(name);
  }

  /** In order of names. */
  all(): LiveNode[] {
    this.#order ??= [...this.#nodes.keys()].sort();
    return this.#order.flatMap((name) => this.#nodes.get(name) ?? []);
  }

  /** Whoever was heard longest ago first: who looks for the silent need not look at everybody. */
  *longestSilent(): Iterable<LiveNode> {
    for (const name of this.#byHeard) {
      const live = this.#nodes.get(name);
      if (live !== undefined) yield live;
    }
  }

  knowsReplica(replica: ReplicaId): boolean {
    return this.#replicas.has(replica);
  }

  /** A node that is known from the store and has not spoken yet. `heardAtMs` is now. */
  remember(node: NodeName, heardAtMs: number, seenAtMs: number): void {
    this.#count(this.#nodes.get(node)?.replicas, -1);
    this.#order = null;
    this.#keep({
      node,
      inventory: null,
      status: null,
      replicas: new Map(),
      connected: false,
      reported: false,
      heardAtMs,
      seenAtMs,
      lost: false,
      flapsAtMs: [],
      strangers: [],
      send: null,
      sent: null,
      session: 0,
    });
    this.#onNews(node);
  }

  forget(node: NodeName): void {
    this.#count(this.#nodes.get(node)?.replicas, -1);
    this.#nodes.delete(node);
    this.#byHeard.delete(node);
    this.#order = null;
  }

  update(node: NodeName, change: Partial<Omit<LiveNode, 'node'>>): LiveNode | undefined {
    const before = this.#nodes.get(node);
    if (before === undefined) return undefined;
    const after = { ...before, ...change };
    if (after.replicas !== before.replicas) {
      this.#count(before.replicas, -1);
      this.#count(after.replicas, 1);
    }
    this.#keep(after);
    if (isNews(before, change)) this.#onNews(node);
    return after;
  }

  /**
   * A sign of life and nothing more: it comes so often that it must cost next to nothing. Answers the node as it was;
   * undefined: another session speaks for it.
   */
  heard(node: NodeName, session: number, at: SignOfLife): LiveNode | undefined {
    const before = this.#nodes.get(node);
    if (before?.session !== session) return undefined;
    const { heardAtMs, seenAtMs } = at;
    this.#keep({ ...before, heardAtMs, seenAtMs, lost: false });
    if (before.lost) this.#onNews(node);
    return before;
  }

  #keep(live: LiveNode): void {
    const { node, heardAtMs } = live;
    if (this.#nodes.get(node)?.heardAtMs !== heardAtMs) {
      this.#byHeard.delete(node);
      this.#byHeard.add(node);
    }
    this.#nodes.set(node, live);
  }

  #count(replicas: LiveNode['replicas'] | undefined, sign: 1 | -1): void {
    for (const replica of replicas?.keys() ?? []) {
      const count = (this.#replicas.get(replica) ?? 0) + sign;
      if (count === 0) this.#replicas.delete(replica);
      else this.#replicas.set(replica, count);
    }
  }

  nextSession(): number {
    this.#sessions += 1;
    return this.#sessions;
  }
}

function isNews(before: LiveNode, change: Partial<LiveNode>): boolean {
  for (const [name, value] of Object.entries(change)) {
    if (!noNews.has(name) && value !== Reflect.get(before, name)) return true;
  }
  return false;
}
