import {
  leftClaimsMax,
  type LeftClaim,
  type NodeTarget,
  type Tombstone,
} from '../../shared/domain/node-target.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import type { AcceptedTarget } from '../store/records.ts';

/** So that a report stays far below what a coordinator takes. */
const reportCharactersMax = 1024 * 1024;

/**
 * What the node was given and `next` does not name: nobody has ended it, so whoever sends `next` does not know of it.
 * `here` says whether anything of a holder is on this node.
 */
export function leftClaims(
  before: AcceptedTarget | null,
  next: NodeTarget,
  here: (claim: LeftClaim) => boolean,
): readonly LeftClaim[] {
  if (before === null || before.target.clusterId !== next.clusterId) return [];
  const named = new Set<string>([
    ...next.replicas.map(({ replica }) => replica),
    ...(next.allocations ?? []).map(({ claim }) => claim),
  ]);
  const ended = new Set<string>([...before.target.tombstones, ...next.tombstones].flatMap(endedBy));
  return [...claimsOf(before), ...(before.left ?? [])].filter(
    (claim) =>
      !named.has(nameOf(claim)) &&
      !ended.has(nameOf(claim)) &&
      !claim.slices.some(({ id }) => ended.has(id)) &&
      here(claim),
  );
}

/** As many of them as one report tells. */
export function toldOf(left: readonly LeftClaim[]): readonly LeftClaim[] {
  const told: LeftClaim[] = [];
  let characters = 0;
  for (const claim of left.slice(0, leftClaimsMax)) {
    characters += JSON.stringify(claim).length;
    if (characters > reportCharactersMax) break;
    told.push(claim);
  }
  return told;
}

/** What it is called in targets and tombstones. */
function nameOf({ holder }: LeftClaim): string {
  return holder.kind === 'replica' ? holder.target.replica : holder.target.claim;
}

function claimsOf({ target, gpusInForce }: AcceptedTarget): LeftClaim[] {
  const made = new Map(
    gpusInForce.flatMap((part) => part.slices).map((slice): [string, Slice] => [slice.id, slice]),
  );
  const texts = new Map((target.declarations ?? []).map(({ of, text }) => [of, text]));
  const claimOf = (holder: LeftClaim['holder'], of: string): LeftClaim => ({
    epoch: target.epoch,
    holder,
    slices: holder.target.slices.flatMap((id) => made.get(id) ?? []),
    declaration: texts.get(of) ?? null,
  });
  return [
    ...target.replicas.map((replica) =>
      claimOf({ kind: 'replica', target: replica }, `models/${replica.model}`),
    ),
    ...(target.allocations ?? []).map((allocation) =>
      claimOf({ kind: 'allocation', target: allocation }, `allocations/${allocation.allocation}`),
    ),
  ];
}

function endedBy(stone: Tombstone): readonly string[] {
  if (stone.kind === 'instance') return [];
  return [stone.kind === 'replica' ? stone.replica : stone.slice];
}
