import type { ClusterId, NodeName } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { NodeTarget, Tombstone } from '../../shared/domain/node-target.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import { storeKeys } from '../store/values.ts';
import { contentHash } from './content-hash.ts';
import { declarationsOf } from './declaration.ts';
import type { LedgerWrite } from './ledger.ts';
import type { LiveNode } from './node-registry.ts';
import { projectTarget, type TargetContent } from '../../shared/placement/project-target.ts';
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
  const { writes, targets } = makeTargets(world, identity);
  try {
    await world.ledger.commitTogether(writes.map((write) => [write]));
  } catch (error) {
    for (const { node } of targets) world.dirtyTargets.add(node);
    throw error;
  }
  sendTargets(world, targets);
}

/** Targets that may have changed, and the writes without which they must not be sent. */
export interface NewTargets {
  readonly targets: readonly NodeTarget[];
  readonly writes: readonly LedgerWrite[];
}

/** Of the claims as they are now, those that are about to be written included. */
export function makeTargets(world: World, identity: Identity): NewTargets {
  if (world.dirtyTargets.size === 0) return { targets: [], writes: [] };
  const stones = tombstonesByNode(world);
  const targets: NodeTarget[] = [];
  const writes: LedgerWrite[] = [];
  for (const node of [...world.dirtyTargets].sort()) {
    world.dirtyTargets.delete(node);
    world.noteCommanded(node);
    const made = makeTarget(world, identity, { node, tombstones: stones.get(node) ?? [] });
    if (made === null) continue;
    targets.push(made.target);
    if (made.write !== null) writes.push(made.write);
  }
  return { targets, writes };
}

export function sendTargets(world: World, targets: readonly NodeTarget[]): void {
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
  const step = introductionOf(world, live);
  if (step === 'wait') return null;
  const content =
    step === 'introduce' ? nothing : contentOf(world, live.inventory, { node, tombstones });
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

function contentOf(
  world: World,
  inventory: Inventory,
  { node, tombstones }: { readonly node: NodeName; readonly tombstones: readonly Tombstone[] },
): TargetContent {
  const projected = projectTarget(inventory, world.claimsOnNode(node), tombstones);
  const declarations = declarationsOf(projected, world.ledger);
  return declarations.length === 0 ? projected : { ...projected, declarations };
}

const nothing: TargetContent = { gpus: [], replicas: [], tombstones: [] };

/**
 * A node that has obeyed the store that ours follows, and not us yet, is first told nothing at all: absence is no command, and
 * all that it was given it then tells as left. What is right for it is known only once that is adopted.
 */
function introductionOf(world: World, live: LiveNode): 'wait' | 'introduce' | 'done' {
  const { firstEpoch } = world.lineage;
  if (firstEpoch === 0) return 'done';
  const { node, status, reported } = live;
  const obeys = reported && (status?.acceptedEpoch ?? 0) >= firstEpoch;
  if (obeys && !(world.introducing.has(node) && world.unknownOn.has(node))) {
    world.introducing.delete(node);
    return 'done';
  }
  // Its next report asks for a target again.
  world.introducing.add(node);
  return reported && !obeys ? 'introduce' : 'wait';
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
