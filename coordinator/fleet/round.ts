import type { NodeName } from '../../shared/domain/ids.ts';
import { renderDuration } from '../../shared/domain/units.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import { lintNode } from '../../shared/placement/lint.ts';
import { storeKeys, type NodeRecord } from '../store/values.ts';
import { adoptLeft } from './adopt.ts';
import { endDueAllocations } from './allocation-end.ts';
import { judgeLosses } from './availability.ts';
import { carryOutChanges } from './carry-out.ts';
import { advanceChanges } from './changes.ts';
import { advanceReclaiming } from './claim-life.ts';
import { endOverdueDrains } from './drain.ts';
import { forgetPlans } from './kept-plans.ts';
import { learnStarts } from './learning.ts';
import type { LedgerWrite } from './ledger.ts';
import type { LiveNode } from './node-registry.ts';
import type { Planner } from './planner.ts';
import { publishTargets, type Identity } from './publish.ts';
import type { SweepSlice } from './sweep.ts';
import type { World } from './world.ts';

/** How old the stored time of a node's last message may become: it is for people, so not every message is a write. */
const lastSeenStepMs = 600_000;

/** Nodes that a round rates ahead of requests: some 10 ms, in which nobody is answered. */
const nodesRefreshed = 1_024;

/**
 * One look: what was observed, what follows from it, and what agents are told. Level-triggered, so a round that fails or
 * never comes is made up for by the next. It is at what has come up since the last one, and at `slice`.
 */
export async function runRound(
  world: World,
  planner: Planner,
  { identity, slice }: { readonly identity: Identity; readonly slice: SweepSlice | null },
): Promise<void> {
  for (const model of slice?.models ?? []) world.news.models.add(model);
  const nodes = judgeNodes(world, slice?.nodes ?? []);
  world.refreshNodes();
  await world.ledger.commitGroups(nodeRecords(world, nodes).map((write) => [write]));
  // Before anybody else decides: what runs and is not known is in nobody's way, and nobody in its.
  await adoptLeft(world);
  world.allocationTimers.useEpoch(identity.epoch);
  world.drainTimers.useEpoch(identity.epoch);
  await world.ledger.commitGroups(endDueAllocations(world));
  await world.ledger.commitGroups(endOverdueDrains(world));
  await world.ledger.commitGroups(advanceReclaiming(world));
  // Before the planner looks: what a change is about to do is not its to decide.
  await carryOutChanges(world);
  world.refreshNodes();
  const news = world.takeNews();
  const groups = planner.plan(news);
  // On record before it is done: a decision without its inputs could never be explained.
  world.deps.decisionLog.append(world.desk.takeRows());
  await world.ledger.commitTogether(groups);
  await publishTargets(world, identity);
  lint(world, world.takeCommanded());
  await world.ledger.commitGroups(
    advanceChanges(world, [news, world.news]).map((write) => [write]),
  );
  const learned = learnStarts(world, world.takeStarts());
  await world.ledger.commitGroups(
    [...learned, ...forgetPlans(world), ...world.answers.forget()].map((write) => [write]),
  );
  world.deps.eventLog.flush();
  world.desk.refresh(nodesRefreshed);
  await compact(world);
}

/** Draws the conclusions from silence, and answers the nodes that it looked at. */
function judgeNodes(world: World, also: readonly NodeName[]): readonly LiveNode[] {
  const { news, registry } = world;
  // How many are silent at once is a question about all of them.
  if (world.heldLosses.length > 0 || mayBeLost(world)) judgeSilence(world, registry.all());
  const names = news.all
    ? registry.all().map(({ node }) => node)
    : new Set([...news.nodes, ...world.timedNodes(), ...also]);
  for (const node of names) judgeNode(world, node);
  return [...names].flatMap((node) => registry.get(node) ?? []);
}

/** Whether one that is not given up has been silent for that long. */
function mayBeLost(world: World): boolean {
  const { lostAfterMs } = world.deps.limits;
  const untilMs = world.heardUntilMs();
  for (const { life, lost } of world.registry.longestSilent()) {
    if (untilMs - life.heardAtMs < lostAfterMs) return false;
    if (!lost) return true;
  }
  return false;
}

function judgeSilence(world: World, nodes: readonly LiveNode[]): void {
  const { limits } = world.deps;
  const { lost, held } = judgeLosses(
    nodes.map((live) => world.silenceOf(live)),
    limits,
  );
  for (const node of lost) {
    world.registry.update(node, { lost: true });
    world.event(
      'lost',
      `nodes/${node}`,
      'its agent is silent: its replicas are replaced elsewhere',
    );
  }
  world.heldLosses = held;
  const share = Math.round(limits.massShare * 100);
  world.eventOnce(
    'mass-loss',
    'cluster',
    held.length === 0
      ? null
      : `more than ${share}% of the nodes went silent at once, so nothing is replaced: ${held.join(', ')}; look at the network, or drain a node that is really gone`,
  );
}

function judgeNode(world: World, node: NodeName): void {
  const live = world.registry.get(node);
  if (live === undefined) return;
  const suspect = world.isSilent(live) === 'suspect' && live.inventory !== null;
  tellFlapping(world, live);
  if (suspect === world.suspects.has(node)) return;
  if (suspect) world.suspects.add(node);
  else world.suspects.delete(node);
  world.touchNode(node);
  if (suspect && live.connected) world.noteFlap(live);
  world.eventOnce(
    'suspect',
    `nodes/${node}`,
    suspect ? 'its agent is silent: nothing new is placed there' : null,
  );
}

function tellFlapping(world: World, live: LiveNode): void {
  if (live.flapsAtMs.length === 0) return;
  const held = world.silenceOf(live).holdDownMs > 0;
  const message = `its link was lost ${live.flapsAtMs.length} times within ${renderDuration(world.deps.limits.flapWindowMs)}: nothing new is placed there for a while`;
  // Said again only once it has been steady: each loss more would be an event more.
  if (held === world.flapping.has(live.node)) return;
  if (held) world.flapping.add(live.node);
  else world.flapping.delete(live.node);
  world.touchNode(live.node);
  if (held) world.event('flapping', `nodes/${live.node}`, message);
}

function nodeRecords(world: World, nodes: readonly LiveNode[]): readonly LedgerWrite[] {
  return nodes.flatMap((live) => {
    const before = world.ledger.node(live.node)?.value;
    const after = nodeRecordOf(world, live, before);
    return after === before || after === undefined
      ? []
      : [world.ledger.nodes.put(storeKeys.node(live.node), after)];
  });
}

/** What the store should say of a node; undefined: nothing is known of it yet. */
export function nodeRecordOf(
  world: World,
  live: LiveNode,
  before: NodeRecord | undefined,
): NodeRecord | undefined {
  if (live.inventory === null) return before;
  const { labels } = live.inventory;
  const seenAtMs = live.life.seenAtMs === 0 ? world.deps.clock.wallMs() : live.life.seenAtMs;
  if (before === undefined) {
    const { node } = live;
    const decided = { wanted: 'ready', drain: null, ownLabels: {} } as const;
    return { node, ...decided, labels, firstSeenMs: seenAtMs, lastSeenMs: seenAtMs };
  }
  const sameLabels = world.sameLabels(labels, before.labels);
  const due = live.connected
    ? seenAtMs - before.lastSeenMs >= lastSeenStepMs
    : seenAtMs !== before.lastSeenMs;
  return sameLabels && !due ? before : { ...before, labels, lastSeenMs: seenAtMs };
}

/** Checks what was promised on the nodes whose agents are told something new. Says so loudly, and stops nothing. */
function lint(world: World, nodes: ReadonlySet<NodeName>): void {
  for (const node of nodes) {
    const placed = world.plainNode(node);
    if (placed === undefined) continue;
    const claims = world.claimsOnNode(node).map((record) => record.claim);
    try {
      const problems = lintNode(placed, claims).map((problem) => problem.message);
      if (problems.length > 0) world.deps.log.error({ node, problems }, 'placement breaks a rule');
      const message = problems.length === 0 ? null : problems.slice(0, 5).join('; ');
      world.eventOnce('placement-lint', `nodes/${node}`, message);
    } catch (error) {
      world.deps.log.error({ node, err: errorChain(error) }, 'placement could not be checked');
    }
  }
}

/** Watchers read from our caches, so the store's own history is kept for people with tools, and not for long. */
async function compact(world: World): Promise<void> {
  const { revisionsKept } = world.deps.limits;
  const { revision, compacted } = world.ledger;
  const kept = BigInt(revisionsKept);
  if (revision - compacted < 2n * kept) return;
  await world.ledger.compactTo(revision - kept);
}
