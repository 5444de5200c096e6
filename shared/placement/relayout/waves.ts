import type { Claim } from '../../domain/claim.ts';
import type { NodeName } from '../../domain/ids.ts';
import type { PlacementNode, PlacementSnapshot } from '../engine.ts';
import { lintPlacement } from '../lint.ts';
import type { Forced } from './interrupt.ts';
import type { Wave } from './stages.ts';

/**
 * Puts what was found in an order that can be carried out, in as few waves as possible: what can happen at once
 * happens at once, and who must stop stops as late as can be.
 */
export function wavesOf(forced: Forced, whole: PlacementSnapshot): readonly Wave[] {
  const snapshot = touchedBy(forced, whole);
  const successors = new Set(forced.interrupted.map(({ to }) => to.id));
  const stops = [...forced.interrupted.map(({ from }) => from), ...forced.preempted];
  const own: Wave[] = [];
  const last: Claim[] = [];
  let recuts: Wave['recuts'] = [];
  for (const act of forced.acts) {
    if (act.kind === 'recut') recuts = [...recuts, act.instance];
    else if (act.kind === 'move') {
      own.push({ begins: [act.move.to], ends: [act.move.from], recuts, first: 'begin' });
      recuts = [];
    } else if (successors.has(act.claim.id)) last.push(act.claim);
    else last.unshift(act.claim);
  }
  const final: Wave = {
    begins: last,
    ends: stops,
    recuts,
    first: stops.length > 0 ? 'end' : 'begin',
  };
  const late = [...own, final];
  if (stops.length === 0) return merge(late, snapshot);
  const back = last.filter(({ id }) => successors.has(id));
  const rest = last.filter(({ id }) => !successors.has(id));
  const sequences = [
    late,
    ...splits(
      own,
      { begins: back, ends: stops, recuts: [], first: 'end' },
      { ...final, begins: rest },
    ),
    ...splits(own, { begins: [], ends: stops, recuts: [], first: 'end' }, final),
  ];
  const found = sequences.find((waves) => isLegal(waves, snapshot));
  return merge(found === undefined ? late : tighten(found, forced, snapshot), snapshot);
}

const nothing: Wave = { begins: [], ends: [], recuts: [], first: 'begin' };

/** Each successor begins as early as can be, and then each stop comes as late as can be. */
function tighten(
  found: readonly Wave[],
  { interrupted }: Forced,
  snapshot: PlacementSnapshot,
): readonly Wave[] {
  let waves = found;
  const take = (candidates: readonly (readonly Wave[])[]) => {
    waves = candidates.find((each) => isLegal(each, snapshot)) ?? waves;
  };
  for (const { from, to } of interrupted) {
    const stopped = waves.findIndex(({ ends }) => ends.includes(from));
    const begun = waves.findIndex(({ begins }) => begins.includes(to));
    const without = waves.map((wave): Wave => ({
      ...wave,
      begins: wave.begins.filter((each) => each !== to),
    }));
    take(
      range(stopped + 1, begun).map((at) => without.toSpliced(at, 0, { ...nothing, begins: [to] })),
    );
  }
  for (const { from, to } of interrupted) {
    const stopped = waves.findIndex(({ ends }) => ends.includes(from));
    const begun = waves.findIndex(({ begins }) => begins.includes(to));
    const without = waves.map((wave): Wave => ({
      ...wave,
      ends: wave.ends.filter((each) => each !== from),
    }));
    const later = range(stopped + 1, begun + 1).toReversed();
    take(later.map((at) => without.toSpliced(at, 0, { ...nothing, ends: [from], first: 'end' })));
  }
  return waves.filter(
    ({ begins, ends, recuts }) => begins.length + ends.length + recuts.length > 0,
  );
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}

/** The nodes that a plan has to do with: all others stay legal if they were. */
function touchedBy({ acts, interrupted, preempted }: Forced, whole: PlacementSnapshot) {
  const names = new Set<NodeName>(
    [...interrupted.map(({ from }) => from), ...preempted].map(nodeOf),
  );
  for (const act of acts) {
    if (act.kind === 'recut') names.add(act.instance.node);
    else if (act.kind === 'place') names.add(act.claim.node);
    else names.add(act.move.from.node).add(act.move.to.node);
  }
  return {
    nodes: whole.nodes.filter(({ inventory }) => names.has(inventory.node)),
    claims: whole.claims.filter(({ node }) => names.has(node)),
  };
}

function nodeOf({ node }: Claim): NodeName {
  return node;
}

/** The stops as late as can be among the moves: the latest first. */
function splits(own: readonly Wave[], stop: Wave, final: Wave): readonly (readonly Wave[])[] {
  const ending: Wave = { ...final, ends: [], first: 'begin' };
  return Array.from({ length: own.length + 1 }, (_, back) => {
    const at = own.length - back;
    return [...own.slice(0, at), stop, ...own.slice(at), ending];
  });
}

/** Joins neighbours that need not wait for each other. */
function merge(waves: readonly Wave[], snapshot: PlacementSnapshot): readonly Wave[] {
  let joined: readonly Wave[] = waves;
  for (let at = 0; at + 1 < joined.length;) {
    const [left, right] = [joined[at], joined[at + 1]];
    const together =
      left !== undefined && right !== undefined && left.first === right.first
        ? join(left, right)
        : null;
    const next =
      together === null ? null : [...joined.slice(0, at), together, ...joined.slice(at + 2)];
    if (next !== null && isLegal(next, snapshot)) joined = next;
    else at += 1;
  }
  return joined;
}

function join(left: Wave, right: Wave): Wave {
  return {
    begins: [...left.begins, ...right.begins],
    ends: [...left.ends, ...right.ends],
    recuts: [...left.recuts, ...right.recuts],
    first: left.first,
  };
}

/** Whether no wave ever promises what is not there. */
function isLegal(waves: readonly Wave[], snapshot: PlacementSnapshot): boolean {
  const names = new Set<NodeName>(
    waves.flatMap(({ begins, ends, recuts }) =>
      [...begins, ...ends, ...recuts].map(({ node }) => node),
    ),
  );
  let nodes: readonly PlacementNode[] = snapshot.nodes.filter(({ inventory }) =>
    names.has(inventory.node),
  );
  let claims = snapshot.claims.filter(({ node }) => names.has(node));
  const known = lintPlacement({ nodes, claims }).length;
  for (const wave of waves) {
    const ended = new Set(wave.ends.map(({ id }) => id));
    const rest = claims.filter(({ id }) => !ended.has(id));
    const gone = giveBack(
      nodes,
      claims.filter(({ id }) => ended.has(id)),
      wave.recuts,
    );
    const recut = giveBack(nodes, [], wave.recuts);
    const peak = wave.first === 'begin' ? { nodes: recut, claims } : { nodes: gone, claims: rest };
    const crowded = { nodes: peak.nodes, claims: [...peak.claims, ...wave.begins] };
    if (lintPlacement(crowded).length > known) return false;
    nodes = gone;
    claims = [...rest, ...wave.begins];
  }
  return true;
}

/** The nodes without the MIG instances of some claims, and without some idle ones. */
export function giveBack(
  nodes: readonly PlacementNode[],
  ended: readonly Claim[],
  recuts: Wave['recuts'],
): readonly PlacementNode[] {
  const slices = new Set(ended.flatMap((claim) => claim.slices.map(({ id }) => id)));
  const idle = new Set(recuts.map(({ gpu, instance }) => `${gpu}@${instance.start}`));
  if (slices.size + idle.size === 0) return nodes;
  return nodes.map((node) => {
    const gpus = node.inventory.gpus.map((gpu) => ({
      ...gpu,
      instances: gpu.instances.filter(({ slice, start }) =>
        slice === null ? !idle.has(`${gpu.uuid}@${start}`) : !slices.has(slice),
      ),
    }));
    return { ...node, inventory: { ...node.inventory, gpus } };
  });
}
