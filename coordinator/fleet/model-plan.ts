import type { ClaimRecord, ModelRecord } from '../store/values.ts';

/** One copy of a model with all that a decision about it depends on. */
export interface Copy {
  readonly record: ClaimRecord;
  /** `failed`: a card that it uses has; `away`: its node is silent; `lost`: for so long that it is replaced. */
  readonly node: 'here' | 'draining' | 'failed' | 'away' | 'lost';
  /** It is known to answer now. */
  readonly serving: boolean;
  /** It answered when it was last seen: of those that nobody sees now, the ones to hope for. */
  readonly answered: boolean;
  /** A change that is being carried out will end it, in its own time. */
  readonly leaving: boolean;
}

/** What is to become of a model's copies. */
export interface Standing {
  /** Current version, on a node that stays. */
  readonly keep: readonly Copy[];
  /** They go once others serve in their stead. */
  readonly outgoing: readonly (Copy & { readonly why: 'returned' | 'drain' | 'card' | 'update' })[];
  /** On lost nodes, not replaced yet. */
  readonly lost: readonly Copy[];
  /** A change ends them: nobody else does, and nobody counts on them. */
  readonly leaving: readonly Copy[];
  readonly reclaiming: readonly Copy[];
}

/** Sorts a model's copies by what is to become of them. */
export function standingOf(model: ModelRecord, copies: readonly Copy[]): Standing {
  const keep: Copy[] = [];
  const outgoing: (Copy & { readonly why: 'returned' | 'drain' | 'card' | 'update' })[] = [];
  const lost: Copy[] = [];
  const leaving: Copy[] = [];
  const reclaiming: Copy[] = [];
  for (const copy of copies) {
    const { claim, superseded } = copy.record;
    const version = claim.holder.kind === 'replica' ? claim.holder.modelVersion : 0;
    if (claim.state === 'reclaiming') reclaiming.push(copy);
    else if (superseded) outgoing.push({ ...copy, why: 'returned' });
    else if (copy.node === 'lost') lost.push(copy);
    else if (copy.leaving) leaving.push(copy);
    else if (version < model.rolloutVersion) outgoing.push({ ...copy, why: 'update' });
    else if (copy.node === 'draining') outgoing.push({ ...copy, why: 'drain' });
    else if (copy.node === 'failed') outgoing.push({ ...copy, why: 'card' });
    else keep.push(copy);
  }
  return { keep, outgoing, lost, leaving, reclaiming };
}

/** The moves of one round; the planner carries them out and looks again. */
export interface ModelMoves {
  /** Ended now: nobody needs them, or others serve in their stead. */
  readonly retire: readonly { readonly copy: Copy; readonly why: string }[];
  /** Copies on nodes that came back, taken into service again. */
  readonly restore: readonly Copy[];
  /** How many new copies may be placed now. */
  readonly place: number;
  /** When none of those fits: one of these may end first, in this order. Empty: they may not. */
  readonly makeRoom: readonly Copy[];
}

/**
 * Plans one model. Pure. Keeps `replicas` copies serving wherever that is possible: a new copy comes first, and an
 * old one goes when the others are enough (maxSurge 1, maxUnavailable 0). Only an update for which there is no room
 * may take one away first, one at a time. `coming` copies are begun by changes: nobody is placed for them.
 */
export function planModel(model: ModelRecord, copies: readonly Copy[], coming = 0): ModelMoves {
  const standing = standingOf(model, copies);
  const { keep, outgoing, lost, leaving, reclaiming } = standing;
  if (model.deleting) {
    const all = [...keep, ...outgoing, ...lost, ...leaving];
    const retire = all.map((copy) => ({ copy, why: 'its model is deleted' }));
    return { retire, restore: [], place: 0, makeRoom: [] };
  }
  const wanted = model.spec.replicas;
  const surplus = [...keep].sort(worstFirst).slice(0, Math.max(0, keep.length - wanted));
  const kept = keep.filter((copy) => !surplus.includes(copy));
  const restore = outgoing
    .filter((copy) => copy.why === 'returned' && copy.node === 'here' && isCurrent(model, copy))
    .slice(0, Math.max(0, wanted - kept.length));
  const going = outgoing.filter((copy) => !restore.includes(copy));
  const retired = replaceable([...kept, ...restore], going, wanted);
  const updating = going.filter((copy) => copy.why === 'update' && !retired.includes(copy));
  const missing = Math.max(0, wanted - kept.length - restore.length - coming);
  const room = wanted + 1 - kept.length - restore.length - coming - updating.length;
  const place = updating.length === 0 ? missing : Math.max(0, Math.min(missing, room));
  const steady =
    reclaiming.length === 0 && retired.length === 0 && kept.every((copy) => copy.serving);
  return {
    retire: [
      ...surplus.map((copy) => ({ copy, why: 'fewer replicas are wanted' })),
      ...retired.map((copy) => ({ copy, why: reasons[copy.why] })),
    ],
    restore,
    place,
    makeRoom: steady ? updating.filter((copy) => copy.node === 'here').sort(worstFirst) : [],
  };
}

const reasons = {
  returned: 'its node came back and its replacement serves',
  drain: 'its node is drained and others serve in its stead',
  card: 'its card has failed and others serve in its stead',
  update: 'a newer version serves in its stead',
} as const;

/** Those of `outgoing` that may end now: they serve nobody, or enough others do. */
function replaceable(
  staying: readonly Copy[],
  outgoing: Standing['outgoing'],
  wanted: number,
): Standing['outgoing'] {
  // What is silent is neither counted as serving nor ended: we cannot see it.
  const present = outgoing.filter((copy) => copy.node !== 'away' && copy.node !== 'lost');
  let held = staying.length + present.length;
  let serving = [...staying, ...present].filter((copy) => copy.serving).length;
  const rank = { returned: 0, card: 1, drain: 2, update: 3 } as const;
  const order = [...present].sort(
    (left, right) => rank[left.why] - rank[right.why] || worstFirst(left, right),
  );
  return order.filter((copy) => {
    const spare = copy.serving ? serving > wanted : held > wanted;
    if (!spare) return false;
    held -= 1;
    if (copy.serving) serving -= 1;
    return true;
  });
}

function isCurrent(model: ModelRecord, copy: Copy): boolean {
  const { holder } = copy.record.claim;
  return holder.kind === 'replica' && holder.modelVersion >= model.rolloutVersion;
}

/** What does not serve goes first, then what was not seen to, then what is newest. */
function worstFirst(left: Copy, right: Copy): number {
  if (left.serving !== right.serving) return left.serving ? 1 : -1;
  if (left.answered !== right.answered) return left.answered ? 1 : -1;
  const age = right.record.claim.createdAtMs - left.record.claim.createdAtMs;
  return age !== 0 ? age : left.record.claim.id < right.record.claim.id ? 1 : -1;
}
