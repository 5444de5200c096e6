import type { NodeName } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { replicaOf, storeKeys } from '../store/values.ts';
import { forgetClaim } from './claim-life.ts';
import type { Once, RemovedNode } from './core.ts';
import { unknownNode } from './set-availability.ts';
import type { World } from './world.ts';

/**
 * Forgets a node that never returns, with all that it held. Nobody is told to stop anything: there is nobody to tell,
 * and should it come back after all, it is a new node whose replicas the store does not know.
 * Throws NODE_UNKNOWN, NODE_IN_USE.
 */
export async function removeNode(
  world: World,
  name: NodeName,
  { once }: Once<RemovedNode>,
): Promise<RemovedNode> {
  const live = world.registry.get(name);
  if (live === undefined) throw unknownNode(name);
  if (live.connected) {
    throw new AppError('NODE_IN_USE', `the agent of ${name} is connected`, {
      hint: `tangram drain ${name} --wait, stop its agent, and remove it then`,
    });
  }
  refuseIfNeeded(world, name);
  const claims = world.claimsOnNode(name);
  const removed: RemovedNode = {
    replicas: claims.filter((record) => replicaOf(record) !== null).length,
    allocations: claims.flatMap(({ claim: { holder } }) =>
      holder.kind === 'allocation' ? holder.allocation : [],
    ),
  };
  const { nodes, generations } = world.ledger;
  // The node's own record goes last: what a crash leaves is removed by the same call again.
  await world.ledger.commitGroups([
    ...claims.map((record) => forgetClaim(world, record)),
    [
      nodes.delete(storeKeys.node(name)),
      generations.delete(storeKeys.generation(name)),
      ...world.answers.record(once, removed),
    ],
  ]);
  world.forgetNode(name);
  const what = `${removed.replicas} replicas and ${removed.allocations.length} allocations`;
  world.event('removed', `nodes/${name}`, `by an operator; ${what} went with it`);
  return removed;
}

/** A plan that is being carried out exactly cannot go on without its node, and says so to nobody. */
function refuseIfNeeded(world: World, name: NodeName): void {
  const claims = new Set(world.claimsOnNode(name).map(({ claim }) => claim.id));
  const needs = world.ledger.changes
    .values()
    .find(
      ({ exact, state, plan }) =>
        exact &&
        state === 'running' &&
        (plan.begins.some((claim) => claim.node === name) ||
          plan.ends.some((claim) => claims.has(claim)) ||
          plan.stages.some(({ steps }) => steps.some((step) => step.node === name))),
    );
  if (needs === undefined) return;
  throw new AppError('NODE_IN_USE', `${needs.id} works on ${name}`, {
    hint: `tangram change abort ${needs.id}, and remove the node then`,
  });
}
