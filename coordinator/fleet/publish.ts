import type { ClusterId, NodeName } from '../../shared/domain/ids.ts';
import type { NodeTarget, Tombstone } from '../../shared/domain/node-target.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import { storeKeys } from '../store/values.ts';
import { contentHash } from './content-hash.ts';
import type { LedgerWrite } from './ledger.ts';
import { projectTarget } from '../../shared/placement/project-target.ts';
import { recutStones } from './recut.ts';
import type { World } from './world.ts';

/** Who speaks: the stamp on every target beside its generation. */
export interface Identity {
  readonly clusterId: ClusterId;
  readonly epoch: number;
}

/**
 * Projects the targets that may have changed, makes new generations durable, and only then sends them. A target that
 * cannot be sent now is made again when its agent comes back.
 */
export async function publishTargets(world: World, identity: Identity): Promise<void> {
  if (world.dirtyTargets.size === 0) return;
  const stones = tombstonesByNode(world);
  const targets: NodeTarget[] = [];
  const writes: LedgerWrite[] = [];
  for (const node of [...world.dirtyTargets].sort()) {
    world.dirtyTargets.delete(node);
    const made = makeTarget(world, identity, { node, tombstones: stones.get(node) ?? [] });
    if (made === null) continue;
    targets.push(made.target);
    if (made.write !== null) writes.push(made.write);
  }
  try {
    await world.ledger.commitGroups(writes.map((write) => [write]));
  } catch (error) {
    for (const { node } of targets) world.dirtyTargets.add(node);
    throw error;
  }
  for (const target of targets) send(world, target);
}

function makeTarget(
  world: World,
  identity: Identity,
  of: { readonly node: NodeName; readonly tombstones: readonly Tombstone[] },
): { readonly target: NodeTarget; readonly write: LedgerWrite | null } | null {
  const { node, tombstones } = of;
  const live = world.registry.get(node);
  if (live?.inventory === undefined || live.inventory === null || live.send === null) return null;
  const content = projectTarget(live.inventory, world.claimsOnNode(node), tombstones);
  const hash = contentHash(content);
  const key = storeKeys.generation(node);
  const row = world.ledger.generations.get(key)?.value;
  // A restored store may remember less than the agent does: never speak below what it has accepted.
  const accepted = live.status?.acceptedGeneration ?? 0;
  const stands = row !== undefined && row.contentHash === hash && row.generation >= accepted;
  const generation = stands ? row.generation : Math.max(row?.generation ?? 0, accepted) + 1;
  return {
    target: { ...identity, generation, node, ...content },
    write: stands ? null : world.ledger.generations.put(key, { generation, contentHash: hash }),
  };
}

function send(world: World, target: NodeTarget): void {
  const { node, epoch, generation } = target;
  const live = world.registry.get(node);
  if (live === undefined || live.send === null) return;
  if (live.sent?.epoch === epoch && live.sent.generation === generation) return;
  try {
    live.send(target);
    world.registry.update(node, { sent: { epoch, generation } });
  } catch (error) {
    world.deps.log.warn({ node, generation, err: errorChain(error) }, 'cannot send a target');
    world.dirtyTargets.add(node);
  }
}

function tombstonesByNode(world: World): ReadonlyMap<NodeName, readonly Tombstone[]> {
  const found = new Map<NodeName, Tombstone[]>();
  for (const { node, tombstone } of world.ledger.tombstones.values()) {
    const list = found.get(node);
    if (list === undefined) found.set(node, [tombstone]);
    else list.push(tombstone);
  }
  for (const [node, recuts] of recutStones(world)) {
    found.set(node, [...(found.get(node) ?? []), ...recuts]);
  }
  return found;
}
