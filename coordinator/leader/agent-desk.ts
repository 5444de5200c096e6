import type { ClusterId, NodeName } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { NodeStatus, NodeTarget } from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError, isAppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { checkAlone, checkCluster } from '../fleet/admit-agent.ts';
import type { CoordinatorCore, NodeSession } from '../fleet/core.ts';

interface AgentDeskDeps {
  readonly clusterId: ClusterId;
  readonly clock: Clock;
  readonly log: Log;
  /** Silence after which another agent may speak for the node. */
  readonly suspectAfterMs: number;
}

type Agent = Parameters<CoordinatorCore['openSession']>[1];
type Leader = Pick<CoordinatorCore, 'openSession'>;

/** One agent's session as it stands, whoever leads. */
interface Line {
  readonly agent: Agent;
  readonly send: (target: NodeTarget) => void;
  inventory: Inventory;
  heardAtMs: number;
  /** The newest; null: none yet. */
  report: { readonly status: NodeStatus; readonly replicas: readonly ReplicaStatus[] } | null;
  /** The leader's session; null: nobody leads here. */
  upstream: NodeSession | null;
  /** The leader would not have it, or a newer line speaks: told at its next word, which ends the stream. */
  refusal: AppError | null;
}

/**
 * Holds the sessions of all agents from the first hello on, and lends them to a leader for as long as it leads.
 * Invariants: one line a node, the newest, and whoever speaks on an older one must dial anew; after `release` no target
 * of that leader reaches an agent; a leader that takes over is told at once what every agent said last.
 */
export class AgentDesk {
  readonly #deps: AgentDeskDeps;
  readonly #lines = new Map<NodeName, Line>();
  #leader: Leader | null = null;

  constructor(deps: AgentDeskDeps) {
    this.#deps = deps;
  }

  knows(node: NodeName): boolean {
    return this.#lines.has(node);
  }

  /** In order of names, what each agent said last of its node: at a standby, too. */
  inventories(): readonly Inventory[] {
    return this.#sorted().map((line) => line.inventory);
  }

  /** Throws CLUSTER_MISMATCH, NODE_DUPLICATE. */
  open(inventory: Inventory, agent: Agent, send: (target: NodeTarget) => void): NodeSession {
    const { node } = inventory;
    checkCluster(node, agent.clusterId, this.#deps.clusterId);
    const before = this.#lines.get(node);
    if (before !== undefined) {
      const silentMs = this.#deps.clock.monotonicMs() - before.heardAtMs;
      checkAlone(inventory, { inventory: before.inventory, silentMs }, this.#deps.suspectAfterMs);
      before.refusal = replaced(node);
    }
    const line: Line = {
      agent,
      send,
      inventory,
      heardAtMs: this.#deps.clock.monotonicMs(),
      report: null,
      upstream: null,
      refusal: null,
    };
    if (this.#leader !== null) line.upstream = this.#lend(line, this.#leader);
    this.#lines.set(node, line);
    return this.#session(node, line);
  }

  /** From now on `leader` hears every agent, and may command it. */
  lend(leader: Leader): void {
    this.#leader = leader;
    for (const line of this.#sorted()) {
      try {
        line.upstream = this.#lend(line, leader);
      } catch (error) {
        if (!isAppError(error)) throw error;
        this.#deps.log.warn(
          { node: line.inventory.node, err: error },
          'an agent was not taken over',
        );
        line.refusal = error;
      }
    }
  }

  /** Nothing that the leader still wants to say reaches an agent any more. */
  release(): void {
    this.#leader = null;
    for (const line of this.#lines.values()) line.upstream = null;
  }

  #lend(line: Line, leader: Leader): NodeSession {
    const session = leader.openSession(line.inventory, line.agent, (target) => {
      if (this.#leader === leader) line.send(target);
    });
    if (line.report !== null) session.status(line.report.status, line.report.replicas);
    return session;
  }

  #session(node: NodeName, line: Line): NodeSession {
    const heard = (): void => {
      line.heardAtMs = this.#deps.clock.monotonicMs();
      if (line.refusal !== null) throw line.refusal;
    };
    return {
      inventory: (inventory) => {
        heard();
        if (inventory.node !== node) return;
        line.inventory = inventory;
        line.upstream?.inventory(inventory);
      },
      status: (status, replicas) => {
        heard();
        if (status.node !== node) return;
        line.report = { status, replicas };
        line.upstream?.status(status, replicas);
      },
      heartbeat: () => {
        heard();
        line.upstream?.heartbeat();
      },
      closed: (reason) => {
        if (this.#lines.get(node) === line) this.#lines.delete(node);
        line.upstream?.closed(reason);
      },
    };
  }

  #sorted(): Line[] {
    return [...this.#lines.values()].sort((left, right) =>
      left.inventory.node < right.inventory.node ? -1 : 1,
    );
  }
}

/** Where the newer line was dialled earlier and arrived late, its agent waits on the older one: it must not wait for ever. */
function replaced(node: NodeName): AppError {
  return new AppError('NODE_DUPLICATE', `a newer stream speaks for node ${node}`, {
    hint: 'nothing to do where an agent dialled again; otherwise give each host a name of its own',
  });
}
