import type { Change } from '../../shared/domain/change.ts';
import type { NodeName } from '../../shared/domain/ids.ts';
import { tombstoneKey, type InstanceTombstone } from '../../shared/domain/node-target.ts';
import { recutOf, recutsOf, type Recut } from './recut-steps.ts';
import type { World } from './world.ts';

/**
 * The tombstones of others' instances, by node. Derived from the durable changes alone: a change that is over or aborted
 * orders nothing any more, and a store that holds no running change can have nothing destroyed.
 */
export function recutStones(world: World): ReadonlyMap<NodeName, readonly InstanceTombstone[]> {
  const stones = new Map<NodeName, InstanceTombstone[]>();
  for (const { node, stone } of recutsOf(world.running.exact(), 'now')) {
    const list = stones.get(node);
    if (list === undefined) stones.set(node, [stone]);
    else list.push(stone);
  }
  return stones;
}

/** The targets of the nodes where a change destroys what others made may have changed. */
export function touchRecuts(world: World, change: Change): void {
  for (const { steps } of change.plan.stages) {
    for (const step of steps) if (recutOf(step) !== null) world.dirtyTargets.add(step.node);
  }
}

/** Whether the agent has said that it is done, and the card is seen without it. */
export function isRecut(world: World, { node, gpu, stone }: Recut): boolean {
  const live = world.registry.get(node);
  const key = tombstoneKey(stone);
  const said = (live?.status?.tombstonesDone ?? []).some((done) => tombstoneKey(done) === key);
  const card = live?.inventory?.gpus.find((each) => each.uuid === gpu);
  if (!said || card === undefined) return false;
  return !card.instances.some(
    ({ giProfileId, start }) => giProfileId === stone.giProfileId && start === stone.start,
  );
}

/** Why an agent does not destroy what the present stage asks it to, as it says itself; null: none objects. */
export function recutRefusal(world: World, change: Change): string | null {
  for (const { node, gpu, shape } of recutsOf([change], 'now')) {
    const live = world.registry.get(node);
    const { status, sent } = live ?? {};
    // What it says of an earlier target is no answer to this one.
    if (status?.acceptedEpoch !== sent?.epoch || status?.acceptedGeneration !== sent?.generation) {
      continue;
    }
    const said = status?.gpus.find((each) => each.gpu === gpu);
    if (said?.outcome === 'refused' || said?.outcome === 'failed') {
      return `${node} does not destroy ${shape}: ${said.detail}`;
    }
  }
  return null;
}
