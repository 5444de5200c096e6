import { modelOfAllocation, type AllocationSpec } from '../../shared/domain/allocation.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import { freshSuffix } from '../../shared/domain/fresh-suffix.ts';
import type { PlacementRequest } from '../../shared/placement/engine.ts';
import type { Refused } from '../replay/outcome.ts';
import { storeKeys, type AllocationRecord } from '../store/values.ts';
import { contentHash } from './content-hash.ts';
import type { LedgerWrite } from './ledger.ts';
import { allocationIdsOf } from './names.ts';
import type { World } from './world.ts';

/** An allocation that has got its place, and what must be written for it. */
export interface PlacedAllocation {
  readonly kind: 'placed';
  readonly record: AllocationRecord;
  readonly claim: Claim;
  readonly writes: readonly LedgerWrite[];
}

/** Asks the engine, on record. The caller commits the writes together. */
export function placeAllocation(
  world: World,
  record: AllocationRecord,
): PlacedAllocation | Refused {
  const { spec } = record;
  const request = allocationRequest(world, spec);
  const decision = world.desk.decide(request, world.ledger.revision, () => world.snapshot());
  if (decision.kind === 'refused') return decision;
  const { claim } = decision;
  const { workload } = request.spec;
  const placed: AllocationRecord = {
    ...record,
    claim: claim.id,
    deadlineMs: world.deps.clock.wallMs() + record.ttlMs,
  };
  const { processes } = spec.gpu;
  world.allocationTimers.start(placed);
  world.event('allocated', `allocations/${spec.name}`, `on ${claim.node}`);
  return {
    kind: 'placed',
    record: placed,
    claim,
    writes: [
      world.ledger.allocations.put(storeKeys.allocation(spec.name), placed),
      world.putClaim({ claim, workload, processes, superseded: false }),
    ],
  };
}

/** A question to the engine, with a claim that nobody has. Equal specs have equal versions, whenever they are asked for. */
export function allocationRequest(world: World, spec: AllocationSpec): PlacementRequest {
  const ids = allocationIdsOf(spec.name, freshSuffix(world.deps.random));
  return {
    ...ids,
    spec: modelOfAllocation(spec),
    modelVersion: parseInt(contentHash(spec).slice(0, 8), 16),
    allocation: spec.name,
    nowMs: world.deps.clock.wallMs(),
  };
}
