import { storeKeys, type AllocationRecord } from '../store/values.ts';
import { allocationStatus, claimOf, forgetRecord, keptBy } from './allocation-life.ts';
import { retireClaim } from './claim-life.ts';
import type { LedgerWrite } from './ledger.ts';
import type { World } from './world.ts';

/** Ends those whose time is over. One group of writes each, atomic. */
export function endDueAllocations(world: World): readonly (readonly LedgerWrite[])[] {
  const groups: (readonly LedgerWrite[])[] = [];
  for (const record of world.ledger.allocations.values()) {
    if (record.ended === null && world.allocationTimers.isDue(record)) {
      groups.push(endAllocation(world, record, 'expired'));
    }
    tellStuck(world, record);
  }
  return groups;
}

/** One that waits for room is gone at once; one that has a place is reclaimed. */
export function endAllocation(
  world: World,
  record: AllocationRecord,
  why: 'released' | 'expired',
): readonly LedgerWrite[] {
  const subject = `allocations/${record.spec.name}`;
  const claim = claimOf(world, record);
  if (claim === undefined) {
    world.event(why === 'expired' ? 'gave-up' : why, subject, 'it had no place yet');
    return [forgetRecord(world, record)];
  }
  world.event(why, subject, `its slices on ${claim.claim.node} are taken back once nobody is seen`);
  const ended = { ...record, ended: { why, atMs: world.deps.clock.wallMs() } };
  return [
    world.ledger.allocations.put(storeKeys.allocation(record.spec.name), ended),
    ...retireClaim(world, claim),
  ];
}

/** Who keeps a slice from being reclaimed, and which node cannot be drained: for the person who can do something. */
function tellStuck(world: World, record: AllocationRecord): void {
  const claim = claimOf(world, record)?.claim;
  if (claim === undefined) return;
  const subject = `allocations/${record.spec.name}`;
  const over = record.ended !== null;
  const seen = over ? (allocationStatus(world, claim)?.processes ?? []) : [];
  world.eventOnce('outlived', subject, seen.length === 0 ? null : keptBy(claim.node, seen));
  const drains = world.ledger.node(claim.node)?.value.wanted === 'draining';
  const stuck = `stays on ${claim.node} although it drains: an allocation is never moved; release it, or wait until its time is over`;
  world.eventOnce('drain-stuck', subject, drains && !over ? stuck : null);
}
