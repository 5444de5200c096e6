import type { NodeName } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { storeKeys, type DrainOrder, type NodeRecord } from '../store/values.ts';
import type { OnceCall } from './answers.ts';
import type { ChangeOptions, DrainWish, NodeView } from './core.ts';
import { drainOrder } from './drain.ts';
import type { Planner } from './planner.ts';
import { nodeRecordOf } from './round.ts';
import { nodeEtag, viewNode } from './views.ts';
import type { World } from './world.ts';

const ownLabelsMax = 64;

/** What an operator decides about a node. Throws NODE_UNKNOWN, NODE_CONFLICT. */
export async function setAvailability(
  world: World,
  planner: Planner,
  asked: {
    readonly name: NodeName;
    readonly wanted: NodeRecord['wanted'];
    readonly drain?: DrainWish | undefined;
  } & ChangeOptions<NodeView>,
): Promise<NodeView> {
  const { name, wanted } = asked;
  const before = decidedBefore(world, name, asked.etag);
  const wish = asked.drain ?? { deadlineInMs: null, force: false };
  const drain = wanted === 'draining' ? drainOrder(world, before, wish) : null;
  const after = { ...before, wanted, drain };
  const view = await decide(world, planner, { before, after, once: asked.once });
  if (before.wanted !== wanted) {
    for (const said of ['drained', 'drain-overdue']) world.eventOnce(said, `nodes/${name}`, null);
    const until = drain === null ? '' : drainText(drain);
    world.event(
      wanted === 'ready' ? 'uncordoned' : wanted,
      `nodes/${name}`,
      `by an operator${until}`,
    );
  } else if (drain !== null && nodeEtag(before) !== nodeEtag(after)) {
    world.event(
      'draining',
      `nodes/${name}`,
      `an operator set its deadline anew${drainText(drain)}`,
    );
  }
  return view;
}

/** Labels that win over the agent's; '' takes one away. Throws NODE_UNKNOWN, NODE_CONFLICT, REQUEST_INVALID. */
export async function labelNode(
  world: World,
  planner: Planner,
  asked: {
    readonly name: NodeName;
    readonly labels: Readonly<Record<string, string>>;
  } & ChangeOptions<NodeView>,
): Promise<NodeView> {
  const { name } = asked;
  const before = decidedBefore(world, name, asked.etag);
  const merged = Object.entries({ ...before.ownLabels, ...asked.labels });
  const ownLabels = Object.fromEntries(merged.filter(([, value]) => value !== ''));
  if (Object.keys(ownLabels).length > ownLabelsMax) {
    throw new AppError('REQUEST_INVALID', `more than ${ownLabelsMax} labels on ${name}`, {
      hint: 'take some away first: tangram label node NAME key-',
    });
  }
  const after = { ...before, ownLabels };
  const view = await decide(world, planner, { before, after, once: asked.once });
  if (nodeEtag(before) !== nodeEtag(after)) {
    world.dirtyInventories.add(name);
    const all = Object.entries(ownLabels).map(([key, value]) => `${key}=${value}`);
    world.event('labelled', `nodes/${name}`, all.sort().join(', ') || 'no labels of an operator');
  }
  return view;
}

function decidedBefore(world: World, name: NodeName, etag: string | null): NodeRecord {
  const live = world.registry.get(name);
  if (live === undefined) throw unknownNode(name);
  // A node that has just joined may not be on record yet.
  const before = nodeRecordOf(world, live, world.ledger.node(name)?.value);
  if (before === undefined) throw unknownNode(name);
  if (etag === null || etag === nodeEtag(before)) return before;
  throw new AppError('NODE_CONFLICT', `the node ${name} is ${before.wanted} by now`, {
    hint: 'read it again, and decide on top of what is there',
    facts: { subject: `nodes/${name}` },
  });
}

async function decide(
  world: World,
  planner: Planner,
  of: {
    readonly before: NodeRecord;
    readonly after: NodeRecord;
    readonly once: OnceCall<NodeView> | undefined;
  },
): Promise<NodeView> {
  const { before, after } = of;
  const live = world.registry.get(after.node);
  if (live === undefined) throw unknownNode(after.node);
  // What is acknowledged is on record, also where it is what a node has from the beginning.
  const stored = world.ledger.node(after.node) !== undefined;
  const same = stored && nodeEtag(before) === nodeEtag(after);
  if (!same && after.drain !== null && after.drain.deadlineMs !== null) {
    world.drainTimers.start(after.node, after.drain.deadlineMs);
  }
  // As it will be: the answer is written together with the decision.
  const view = viewNode(world, planner, { live, record: after });
  await world.ledger.commit([
    ...(same ? [] : [world.ledger.nodes.put(storeKeys.node(after.node), after)]),
    ...world.answers.record(of.once, view),
  ]);
  return view;
}

function drainText({ deadlineMs, force }: DrainOrder): string {
  if (deadlineMs === null) return '';
  return `; until ${new Date(deadlineMs).toISOString()}${force ? ', then everything is stopped' : ''}`;
}

/** The error for a name that no node has. */
export function unknownNode(name: NodeName): AppError {
  return new AppError('NODE_UNKNOWN', `there is no node ${name}`, {
    hint: 'tangram get nodes lists what there is; a node appears when its agent connects',
  });
}
