import type { ClusterId, NodeName } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import { AppError } from '../../shared/platform/errors.ts';

/** Throws CLUSTER_MISMATCH for an agent that obeys another cluster; null: it has obeyed none. */
export function checkCluster(node: NodeName, theirs: ClusterId | null, ours: ClusterId): void {
  if (theirs === null || theirs === ours) return;
  throw new AppError(
    'CLUSTER_MISMATCH',
    `node ${node} belongs to cluster ${theirs}, this is ${ours}`,
    {
      hint: `point the agent at its own coordinator, clear its state to let it join this one, or, where this store was lost, start an empty one with --adopt-cluster ${theirs}`,
    },
  );
}

/** Throws NODE_DUPLICATE for a second agent while the first of the same boot still speaks. */
export function checkAlone(
  inventory: Inventory,
  live: { readonly inventory: Inventory | null; readonly silentMs: number },
  suspectAfterMs: number,
): void {
  const rebooted = live.inventory?.bootId !== inventory.bootId;
  if (rebooted || live.silentMs >= suspectAfterMs) return;
  throw new AppError(
    'NODE_DUPLICATE',
    `another agent speaks for node ${inventory.node} right now`,
    { hint: 'give each host a name of its own; a cloned machine must not keep the name' },
  );
}
