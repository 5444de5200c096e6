import { tombstoneKey, type ClaimTombstone } from '../../shared/domain/node-target.ts';
import { replicaOf, storeKeys, type ClaimRecord } from '../store/values.ts';
import { forgetAllocation, isQuiet } from './allocation-life.ts';
import type { LedgerWrite } from './ledger.ts';
import type { LiveNode } from './node-registry.ts';
import type { World } from './world.ts';

/** Ends a claim: its replica gets a tombstone, and its slices are handed to nobody until they are gone. */
export function retireClaim(world: World, record: ClaimRecord): LedgerWrite[] {
  const { claim } = record;
  const replica = replicaOf(record);
  const writes = [world.putClaim({ ...record, claim: { ...claim, state: 'reclaiming' } })];
  // A client's processes are not ours to stop: its slices stay until its agent has seen nobody.
  return replica === null ? writes : [...writes, bury(world, record, { kind: 'replica', replica })];
}

/**
 * Takes each ended claim one step on, as far as its agent has confirmed: replica stopped, then slices gone, then the
 * claim itself. One group of writes a claim, atomic.
 */
export function advanceReclaiming(world: World): readonly (readonly LedgerWrite[])[] {
  const groups: LedgerWrite[][] = [];
  for (const record of world.reclaiming()) {
    const live = world.registry.get(record.claim.node);
    if (live?.status === undefined || live.status === null || !live.reported) continue;
    const writes = nextWrites(world, record, live);
    if (writes.length > 0) groups.push(writes);
  }
  return groups;
}

function nextWrites(world: World, record: ClaimRecord, live: LiveNode): LedgerWrite[] {
  const { claim } = record;
  const { tombstones } = world.ledger;
  const replica = replicaOf(record);
  const stone: ClaimTombstone | null = replica === null ? null : { kind: 'replica', replica };
  if (stone !== null && world.ledger.tombstone(claim.node, stone) !== undefined) {
    if (!isDone(live, stone)) return [];
    world.dirtyTargets.add(claim.node);
    const buried = tombstones.delete(storeKeys.tombstone(claim.node, stone));
    if (claim.slices.length === 0) return [buried, world.deleteClaim(record)];
    return [buried, ...sliceStones(record).map((each) => bury(world, record, each))];
  }
  const pending = sliceStones(record).filter(
    (each) => world.ledger.tombstone(claim.node, each) !== undefined,
  );
  const done = pending.filter((each) => isDone(live, each));
  if (replica === null && pending.length === 0) {
    return isQuiet(world, record)
      ? sliceStones(record).map((each) => bury(world, record, each))
      : [];
  }
  // All of them at once: a slice that its claim still has and no tombstone names any more would be bound anew.
  if (done.length < pending.length) return [];
  world.dirtyTargets.add(claim.node);
  const dug = done.map((each) => tombstones.delete(storeKeys.tombstone(claim.node, each)));
  return [...dug, world.deleteClaim(record), ...forgetAllocation(world, record)];
}

/** Of a claim whose node has nothing of it, or is never asked again: nobody is told to stop anything. */
export function forgetClaim(world: World, record: ClaimRecord): readonly LedgerWrite[] {
  const { tombstones } = world.ledger;
  const { node } = record.claim;
  return [
    ...claimStones(record)
      .filter((stone) => world.ledger.tombstone(node, stone) !== undefined)
      .map((stone) => tombstones.delete(storeKeys.tombstone(node, stone))),
    world.deleteClaim(record),
    ...forgetAllocation(world, record),
  ];
}

/** Every tombstone that the end of a claim may leave behind. */
function claimStones(record: ClaimRecord): readonly ClaimTombstone[] {
  const replica = replicaOf(record);
  const stones = sliceStones(record);
  return replica === null ? stones : [{ kind: 'replica', replica }, ...stones];
}

function sliceStones(record: ClaimRecord): ClaimTombstone[] {
  return record.claim.slices.map((slice) => ({
    kind: 'slice',
    slice: slice.id,
    incarnation: slice.incarnation,
    gpu: slice.gpu,
  }));
}

function bury(world: World, record: ClaimRecord, tombstone: ClaimTombstone): LedgerWrite {
  const { node } = record.claim;
  world.dirtyTargets.add(node);
  return world.ledger.tombstones.put(storeKeys.tombstone(node, tombstone), {
    node,
    tombstone,
    createdAtMs: world.deps.clock.wallMs(),
  });
}

function isDone(live: LiveNode, tombstone: ClaimTombstone): boolean {
  const key = tombstoneKey(tombstone);
  const reported = (live.status?.tombstonesDone ?? []).some((done) => tombstoneKey(done) === key);
  if (reported || tombstone.kind === 'slice') return reported;
  return live.replicas.get(tombstone.replica)?.phase === 'stopped';
}
