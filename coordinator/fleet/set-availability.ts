import type { NodeName } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeKeys, type NodeRecord } from '../store/values.ts';
import { availabilityOf } from './availability.ts';
import type { ChangeOptions, NodeView } from './core.ts';
import { nodeRecordOf } from './round.ts';
import { nodeEtag, viewNode } from './views.ts';
import type { World } from './world.ts';

/** What an operator decides about a node. Throws NODE_UNKNOWN, NODE_CONFLICT. */
export async function setAvailability(
  world: World,
  name: NodeName,
  wanted: NodeRecord['wanted'],
  { etag, once }: ChangeOptions<NodeView>,
): Promise<NodeView> {
  const live = world.registry.get(name);
  if (live === undefined) throw unknownNode(name);
  // A node that has just joined may not be on record yet.
  const before = nodeRecordOf(world, live, world.ledger.node(name)?.value);
  if (before === undefined) throw unknownNode(name);
  if (etag !== null && etag !== nodeEtag(before)) {
    throw new AppError('NODE_CONFLICT', `the node ${name} is ${before.wanted} by now`, {
      hint: 'read it again, and decide on top of what is there',
      facts: { subject: `nodes/${name}` },
    });
  }
  const record = { ...before, wanted };
  const silence = { ...world.silenceOf(live), wanted };
  // As it will be: the answer is written together with the decision.
  const view: NodeView = {
    ...viewNode(world, live),
    etag: nodeEtag(record),
    availability: availabilityOf(silence, world.deps.limits),
  };
  await world.ledger.commit([
    ...(before.wanted === wanted ? [] : [world.ledger.nodes.put(storeKeys.node(name), record)]),
    ...world.answers.record(once, view),
  ]);
  if (before.wanted !== wanted) {
    world.event(wanted === 'ready' ? 'uncordoned' : wanted, `nodes/${name}`, 'by an operator');
  }
  return view;
}

/** The error for a name that no node has. */
export function unknownNode(name: NodeName): AppError {
  return new AppError('NODE_UNKNOWN', `there is no node ${name}`, {
    hint: 'tangram get nodes lists what there is; a node appears when its agent connects',
  });
}
