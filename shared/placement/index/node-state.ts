import type { CardClass } from '../card-class.ts';
import type { NodeSight, Scratch } from '../policies/policy.ts';

/** The cards of a node that are alike. */
export interface ClassCount {
  readonly card: CardClass;
  readonly count: number;
}

/** A node without its name, with what its claims leave of it. Nodes that are alike share one state. */
export interface NodeState extends NodeSight {
  /** Tells states apart; given in the order of first sight, so no answer may depend on it. */
  readonly id: number;
  /** In order of class id. */
  readonly groups: readonly ClassCount[];
  /** What no slice that a card of it could give is larger than. */
  readonly roomiestMib: number;
  /** The ids of their classes. */
  readonly cardIds: Int32Array;
}

/** What a state is made of. */
export interface HostSums {
  readonly cpuTotalMillis: number;
  readonly cpuFreeMillis: number;
  readonly memoryTotalMib: number;
  readonly memoryFreeMib: number;
  readonly work: number;
}

/** States that are kept before the table starts anew; nodes keep the state they have. */
const statesMax = 16_384;

/**
 * Finds the state of a node. Engines and their forks share one table: it is a cache, and holds nothing that a decision
 * depends on.
 */
export class NodeStates {
  private readonly bySignature = new Map<string, NodeState>();
  private nextId = 0;

  /** `cards`: the class of each card, in any order. */
  find(host: HostSums, cards: readonly { readonly class: CardClass }[]): NodeState {
    const groups = groupClasses(cards);
    let signature = `${host.cpuTotalMillis}|${host.cpuFreeMillis}|${host.memoryTotalMib}|${host.memoryFreeMib}|${host.work}`;
    for (const { card, count } of groups) signature += `|${card.id}*${count}`;
    const known = this.bySignature.get(signature);
    if (known !== undefined) return known;
    if (this.bySignature.size >= statesMax) this.bySignature.clear();
    const made = makeState(this.nextId, host, groups);
    this.nextId += 1;
    this.bySignature.set(signature, made);
    return made;
  }
}

function groupClasses(cards: readonly { readonly class: CardClass }[]): readonly ClassCount[] {
  const groups: { card: CardClass; count: number }[] = [];
  for (const each of cards) {
    const card = each.class;
    let at = groups.length;
    while (at > 0 && (groups[at - 1]?.card.id ?? 0) >= card.id) at -= 1;
    const there = groups[at];
    if (there?.card === card) there.count += 1;
    else groups.splice(at, 0, { card, count: 1 });
  }
  return groups;
}

function makeState(id: number, host: HostSums, groups: readonly ClassCount[]): NodeState {
  let cardCount = 0;
  let idleCount = 0;
  let freeMilli = 0;
  let roomiestMib = 0;
  for (const { card, count } of groups) {
    cardCount += count;
    freeMilli += count * card.freeMilli;
    roomiestMib = Math.max(roomiestMib, card.roomiestMib);
    if (card.idle) idleCount += count;
  }
  const scratch: Scratch = { by: null, numbers: null };
  const { cpuTotalMillis, cpuFreeMillis, memoryTotalMib, memoryFreeMib, work } = host;
  return {
    id,
    groups,
    cardIds: Int32Array.from(groups, ({ card }) => card.id),
    cardCount,
    idleCount,
    freeMilli,
    roomiestMib,
    cpuTotalMillis,
    cpuFreeMillis,
    memoryTotalMib,
    memoryFreeMib,
    work,
    scratch,
  };
}
