import { isDeepStrictEqual } from 'node:util';
import type { ClusterId, NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { NodeStatus, NodeTarget } from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import { storeKeys } from '../store/values.ts';
import { checkAlone, checkCluster } from './admit-agent.ts';
import type { NodeSession } from './core.ts';
import type { LiveNode, SignsOfLife } from './node-registry.ts';
import { newStarts } from './seen-starts.ts';
import type { World } from './world.ts';

interface SessionsDeps {
  readonly world: World;
  readonly clusterId: ClusterId;
  /** Something was said that a round should look at. */
  readonly wake: () => void;
  /** An agent knows a later epoch than we do. */
  readonly outbid: (epoch: number) => void;
}

/** Takes down what agents say; the next round draws the conclusions. */
export class Sessions {
  readonly #deps: SessionsDeps;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  open(
    inventory: Inventory,
    agent: { readonly clusterId: ClusterId | null; readonly epochSeen: number },
    send: (target: NodeTarget) => void,
  ): NodeSession {
    const { world, clusterId, outbid, wake } = this.#deps;
    const { node } = inventory;
    checkCluster(node, agent.clusterId, clusterId);
    this.#refuseDuplicate(inventory);
    outbid(agent.epochSeen);
    const before = world.registry.get(node);
    if (before === undefined) {
      world.registry.remember(node, world.deps.clock.monotonicMs(), 0);
      world.event('joined', `nodes/${node}`, 'its agent connected for the first time');
    } else if (before.lost) {
      world.event('returned', `nodes/${node}`, 'its agent is back; it had been lost');
    }
    // It dialled in anew although nobody saw it go. One that was silent before has been counted.
    if (before?.connected === true && !world.suspects.has(node)) world.noteFlap(before);
    const session = world.registry.nextSession();
    world.registry.update(node, {
      inventory,
      connected: true,
      reported: false,
      lost: false,
      send,
      sent: null,
      session,
      life: this.#now(),
    });
    world.dirtyInventories.add(node);
    world.dirtyTargets.add(node);
    wake();
    return this.#session(node, session);
  }

  #refuseDuplicate(inventory: Inventory): void {
    const { world } = this.#deps;
    const live = world.registry.get(inventory.node);
    if (live === undefined || !live.connected) return;
    const silentMs = world.deps.clock.monotonicMs() - live.life.heardAtMs;
    const { suspectAfterMs } = world.deps.limits;
    checkAlone(inventory, { inventory: live.inventory, silentMs }, suspectAfterMs);
  }

  #session(node: NodeName, session: number): NodeSession {
    const { world, wake } = this.#deps;
    // A session that was replaced says nothing any more: its successor speaks.
    const update = (change: Partial<Omit<LiveNode, 'node'>>): boolean => {
      if (world.registry.get(node)?.session !== session) return false;
      world.registry.update(node, change);
      return true;
    };
    const heard = (change: Partial<Omit<LiveNode, 'node'>> = {}): boolean => {
      const before = world.registry.heard(node, session, this.#now());
      if (before === undefined) return false;
      world.registry.update(node, change);
      if (before.lost) world.event('returned', `nodes/${node}`, 'its agent speaks again');
      return true;
    };
    return {
      inventory: (inventory) => {
        if (inventory.node !== node || !heard({ inventory })) return;
        world.dirtyInventories.add(node);
        world.dirtyTargets.add(node);
        wake();
      },
      status: (status, replicas) => {
        if (status.node !== node) return;
        const before = world.registry.get(node);
        if (before?.reported === true && says(before, status, replicas)) {
          const ready = world.availability(before).kind === 'ready';
          // Agents repeat themselves: thousands of them would keep the planner going round for nothing.
          if (heard()) this.#judgeStatus(node, status, replicas);
          if (!ready) world.touchNode(node);
          if (!ready || isDirty(world, node)) wake();
          return;
        }
        if (!heard({ status, replicas: byId(replicas), reported: true })) return;
        world.noteStarts(newStarts(before?.replicas ?? new Map(), replicas));
        this.#judgeStatus(node, status, replicas);
        wake();
      },
      heartbeat: () => {
        const live = world.registry.get(node);
        const keptAway = live !== undefined && world.isKeptAway(live);
        if (!heard() || !keptAway) return;
        world.touchNode(node);
        wake();
      },
      closed: (reason) => {
        if (!update({ connected: false, send: null, sent: null, reported: false })) return;
        const live = world.registry.get(node);
        if (live !== undefined && !world.suspects.has(node)) world.noteFlap(live);
        world.event('disconnected', `nodes/${node}`, reason === '' ? 'its agent left' : reason);
        wake();
      },
    };
  }

  /** What an agent has and the store does not know is left alone: absence is no command. */
  #judgeStatus(node: NodeName, status: NodeStatus, replicas: readonly ReplicaStatus[]): void {
    const { world, outbid } = this.#deps;
    outbid(status.acceptedEpoch);
    const live = world.registry.get(node);
    const claims = world.claimsOnNode(node).map((record) => record.claim);
    const known = new Set<string>(claims.flatMap((claim) => claim.slices.map((slice) => slice.id)));
    // An instance is seen in the inventory, whosoever it is; a share is seen nowhere else.
    const instances = (live?.inventory?.gpus ?? []).flatMap((gpu) => gpu.instances);
    for (const instance of instances) if (instance.slice !== null) known.add(instance.slice);
    const shares = status.slices
      .filter((slice) => slice.phase !== 'absent')
      .map(({ slice, gpu }) => ({ id: slice, gpu }));
    const left = (status.left ?? []).flatMap((each) => each.slices);
    const strangers = [...shares, ...left]
      .filter((slice) => !known.has(slice.id))
      .map((slice) => slice.gpu);
    const cards = [...new Set(strangers)].sort();
    if (live !== undefined && cards.join() !== live.strangers.join()) {
      world.registry.update(node, { strangers: cards });
      world.dirtyInventories.add(node);
    }
    const ours = new Set<string>(claims.map((claim) => claim.id));
    const unknown = replicas.some(
      (replica) => !ours.has(replica.replica) && replica.phase !== 'stopped',
    );
    if (unknown || (status.left ?? []).length > 0) world.unknownOn.add(node);
    else world.eventOnce('unknown-replicas', `nodes/${node}`, null);
    const key = storeKeys.generation(node);
    const stored = world.ledger.generations.get(key)?.value.generation ?? 0;
    if (status.acceptedGeneration > stored || world.introducing.has(node)) {
      world.dirtyTargets.add(node);
    }
  }

  #now(): SignsOfLife {
    const { clock } = this.#deps.world.deps;
    return { heardAtMs: clock.monotonicMs(), seenAtMs: clock.wallMs() };
  }
}

/** Whether a report says what the node said last. */
function says(live: LiveNode, status: NodeStatus, replicas: readonly ReplicaStatus[]): boolean {
  const same = live.replicas.size === replicas.length && isDeepStrictEqual(live.status, status);
  return same && replicas.every((each) => isDeepStrictEqual(live.replicas.get(each.replica), each));
}

function isDirty(world: World, node: NodeName): boolean {
  return world.dirtyTargets.has(node) || world.dirtyInventories.has(node);
}

function byId(replicas: readonly ReplicaStatus[]): ReadonlyMap<ReplicaId, ReplicaStatus> {
  return new Map(replicas.map((status) => [status.replica, status]));
}
