import type { Need } from '../need.ts';
import type { Option, Policy } from '../policies/policy.ts';
import type { NodeState } from './node-state.ts';

/** Classes that are remembered, a power of two. */
const kept = 8_192;

/**
 * The options of classes for one need under one policy, found by their ids: what a board asks of thousands of nodes.
 * Invariants: a cache of a pure function; nothing that it forgets changes an answer.
 */
export class OptionTable {
  private readonly ids = new Int32Array(kept).fill(-1);
  private readonly lists: (readonly Option[] | undefined)[] = Array.from({ length: kept });
  private need: Need | null = null;
  private policy: Policy | null = null;

  /** Everything that is asked from here on is about these. */
  begin(need: Need, policy: Policy): void {
    if (this.need?.key === need.key && this.policy === policy) return;
    this.need = need;
    this.policy = policy;
    this.ids.fill(-1);
  }

  /** Of the cards of one group of a state. */
  of(state: NodeState, group: number): readonly Option[] {
    const { need, policy } = this;
    const id = state.cardIds[group] ?? -1;
    const at = id & (kept - 1);
    const known = this.lists[at];
    if (this.ids[at] === id && known !== undefined) return known;
    const card = state.groups[group]?.card;
    if (card === undefined || need === null || policy === null) return [];
    const made = card.options(need, policy);
    this.ids[at] = id;
    this.lists[at] = made;
    return made;
  }
}
