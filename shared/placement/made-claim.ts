import { assert } from '../domain/assert.ts';
import type { Claim } from '../domain/claim.ts';
import type { ClaimId, GpuUuid, NodeName, SliceId } from '../domain/ids.ts';
import { parseSliceId } from '../domain/ids.ts';
import type { SliceShape } from '../domain/slice.ts';
import type { PlacementRequest } from './engine.ts';

/** A piece of a card, not yet anybody's. */
interface Piece {
  readonly gpu: GpuUuid;
  readonly shape: SliceShape;
}

/** The claim that pieces of a node become. Its slices are new, so this is their first incarnation. */
export function claimOf(
  node: NodeName,
  pieces: readonly Piece[],
  { spec, claim, replica, modelVersion, allocation, nowMs }: PlacementRequest,
): Claim {
  const { antiAffinity } = spec.placement;
  return {
    id: claim,
    holder:
      allocation === undefined
        ? { kind: 'replica', replica, model: spec.name, modelVersion }
        : { kind: 'allocation', allocation },
    node,
    slices: pieces.map(({ gpu, shape }, at) => ({
      id: sliceIdOf(claim, at),
      incarnation: 1,
      node,
      gpu,
      shape,
    })),
    cpuMillis: spec.workload.cpuMillis,
    memoryMib: spec.workload.memoryMib,
    state: 'held',
    ...(antiAffinity.length > 0 ? { apartFrom: antiAffinity } : {}),
    createdAtMs: nowMs,
  };
}

function sliceIdOf(claim: ClaimId, at: number): SliceId {
  const id = parseSliceId(`${claim}.${at}`);
  assert(id.ok, `claim id ${claim} leaves room for the number of a slice`);
  return id.value;
}
