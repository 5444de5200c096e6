import type { GpuUuid, NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { NodeStatus, NodeTarget } from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';

/** When an agent spoke last. It changes in place: thousands of times a second nothing else does. */
export interface SignsOfLife {
  /** Monotonic; the start of this coordinator for a node that has not spoken yet. */
  readonly heardAtMs: number;
  /** Wall clock; 0: never. */
  readonly seenAtMs: number;
}

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
  readonly life: SignsOfLife;
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

/** What changes by our own doing: no news for anybody. */
const noNews: ReadonlySet<string> = new Set(['sent']);

/**
 * The nodes that agents speak for.
 * Invariants: one entry a node; values are replaced, never changed in place, signs of life apart; who is heard now is heard
 * last of all; `onNews` is told of every node that is not as it was, a later sign of life apart.
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
    this.#nodes.set(node, {
      node,
      inventory: null,
      status: null,
      replicas: new Map(),
      connected: false,
      reported: false,
      life: { heardAtMs, seenAtMs },
      lost: false,
      flapsAtMs: [],
      strangers: [],
      send: null,
      sent: null,
      session: 0,
    });
    this.#heardLast(node);
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
    this.#nodes.set(node, after);
    if (after.life !== before.life) this.#heardLast(node);
    if (isNews(before, change)) this.#onNews(node);
    return after;
  }

  /** The agent spoke. Answers the node, which may have been lost before; undefined: another session speaks for it. */
  heard(name: NodeName, session: number, at: SignsOfLife): LiveNode | undefined {
    const before = this.#nodes.get(name);
    if (before?.session !== session) return undefined;
    Object.assign(before.life, at);
    this.#heardLast(name);
    if (before.lost) this.update(name, { lost: false });
    return before;
  }

  #heardLast(name: NodeName): void {
    this.#byHeard.delete(name);
    this.#byHeard.add(name);
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
