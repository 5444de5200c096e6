import type { Claim } from '../domain/claim.ts';
import type { Ask } from './ask.ts';
import { refuseNode } from './ask.ts';
import type { CardClasses } from './card-class.ts';
import { placeName } from './evidence.ts';
import type { NodeRecord } from './node-record.ts';
import { recordNode } from './node-record.ts';
import type { Reason } from './reasons.ts';
import type { Candidate } from './search.ts';
import { search } from './search.ts';

/** Nodes that are looked at for the questions about other claims. */
const nodesTriedMax = 64;

/** Claims that are thought away one by one. */
const claimsTriedMax = 256;

/** Whether waiting for claims that are being reclaimed, or stopping others, would help. Empty: neither would. */
export function findVacancy(
  records: readonly NodeRecord[],
  ask: Ask,
  classes: CardClasses,
): string {
  const near = records.filter((record) => record.claims.length > 0 && isNear(record, ask));
  const tried = near.slice(0, nodesTriedMax);
  const soon = firstPlace(tried, ask, (record) =>
    without(
      record,
      record.claims.filter(({ state }) => state === 'reclaiming'),
      classes,
    ),
  );
  if (soon !== null) return `wait: ${placeName(soon)} is being given back`;
  const single = tried.flatMap((record) =>
    record.claims.toSorted(byId).map((claim) => ({ record, claim })),
  );
  for (const { record, claim } of single.slice(0, claimsTriedMax)) {
    const { best } = search([without(record, [claim], classes)], ask);
    if (best !== null)
      return `stop ${claim.id} on ${record.name}: ${placeName(best)} would do then`;
  }
  const later = firstPlace(tried, ask, (record) => without(record, record.claims, classes));
  return later === null
    ? ''
    : `stop something on ${later.record.name}: ${placeName(later)} would do if it were empty`;
}

/** Nothing but what its claims hold is in the way on that node. */
function isNear(record: NodeRecord, ask: Ask): boolean {
  const blocked = refuseNode(record, ask);
  return blocked === null || freedByClaims.has(blocked);
}

const freedByClaims: ReadonlySet<Reason> = new Set(['cpu', 'host-memory', 'spread']);

function firstPlace(
  records: readonly NodeRecord[],
  ask: Ask,
  changed: (record: NodeRecord) => NodeRecord,
): Candidate | null {
  for (const record of records) {
    const { best } = search([changed(record)], ask);
    if (best !== null) return best;
  }
  return null;
}

/** A node without some of its claims and without the instances that were cut for them. */
function without(record: NodeRecord, ended: readonly Claim[], classes: CardClasses): NodeRecord {
  const slices = new Set<string>(ended.flatMap((claim) => claim.slices.map(({ id }) => id)));
  const { inventory } = record.node;
  const gpus = inventory.gpus.map((gpu) => ({
    ...gpu,
    instances: gpu.instances.filter(({ slice }) => slice === null || !slices.has(slice)),
  }));
  const node = { ...record.node, inventory: { ...inventory, gpus } };
  return recordNode(
    node,
    record.claims.filter((claim) => !ended.includes(claim)),
    classes,
  );
}

function byId(left: Claim, right: Claim): number {
  return left.id < right.id ? -1 : 1;
}
