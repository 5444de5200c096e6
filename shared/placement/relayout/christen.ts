import { assert } from '../../domain/assert.ts';
import type { Claim } from '../../domain/claim.ts';
import { parseSliceId, type ClaimId, type ModelName, type ReplicaId } from '../../domain/ids.ts';
import type { Forced } from './interrupt.ts';

/** A name for one more replica of a model; never the same twice. Asked once for each replica that a plan moves. */
export type NameReplica = (model: ModelName) => {
  readonly replica: ReplicaId;
  readonly claim: ClaimId;
};

/** Gives every successor its real name, in the order in which they begin. `wanted` has its name already. */
export function christen(found: Forced, wanted: ClaimId | null, name: NameReplica): Forced {
  const named = new Map<ClaimId, Claim>([]);
  const rename = (claim: Claim): Claim => {
    if (claim.id === wanted) return claim;
    const known = named.get(claim.id);
    if (known !== undefined) return known;
    const renamed = nameClaim(claim, name);
    named.set(claim.id, renamed);
    return renamed;
  };
  const acts = found.acts.map((act): Forced['acts'][number] => {
    if (act.kind === 'place') return { kind: 'place', claim: rename(act.claim) };
    if (act.kind === 'recut') return act;
    return { kind: 'move', move: { from: act.move.from, to: rename(act.move.to) } };
  });
  const interrupted = found.interrupted.map(({ from, to }) => ({ from, to: rename(to) }));
  return { ...found, acts, interrupted };
}

function nameClaim(claim: Claim, name: NameReplica): Claim {
  const { holder } = claim;
  assert(holder.kind === 'replica', 'only replicas are moved');
  const { replica, claim: id } = name(holder.model);
  const slices = claim.slices.map((slice, at) => {
    const parsed = parseSliceId(`${id}.${at}`);
    assert(parsed.ok, `claim id ${id} leaves room for the number of a slice`);
    return { ...slice, id: parsed.value };
  });
  return { ...claim, id, holder: { ...holder, replica }, slices };
}
