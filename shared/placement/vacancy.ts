import type { Claim } from '../domain/claim.ts';
import type { Ask } from './ask.ts';
import { refuseNode } from './ask.ts';
import { placeName } from './evidence.ts';
import type { Scene } from './first-place.ts';
import { firstPlace } from './first-place.ts';
import type { NodeRecord, RecordTables } from './node-record.ts';
import { recordNode } from './node-record.ts';
import type { Reason } from './reasons.ts';

/** Nodes that are looked at for the questions about other claims. */
const nodesTriedMax = 64;

/** Claims that are thought away one by one. */
const claimsTriedMax = 256;

/** Whether waiting for claims that are being reclaimed, or stopping others, would help. Empty: neither would. */
export function findVacancy(scene: Scene, ask: Ask): string {
  const { records, tables } = scene;
  const placeAmong = (changed: readonly NodeRecord[]) =>
    firstPlace({ ...scene, records: changed }, ask);
  const near = records.filter((record) => record.claims.length > 0 && isNear(record, ask));
  const tried = near.slice(0, nodesTriedMax);
  const reclaimed = tried.map((record) =>
    without(
      record,
      record.claims.filter(({ state }) => state === 'reclaiming'),
      tables,
    ),
  );
  const soon = placeAmong(reclaimed);
  if (soon !== null) return `wait: ${placeName(soon)} is being given back`;
  const single = tried.flatMap((record) =>
    record.claims.toSorted(byId).map((claim) => ({ record, claim })),
  );
  for (const { record, claim } of single.slice(0, claimsTriedMax)) {
    const best = placeAmong([without(record, [claim], tables)]);
    if (best !== null)
      return `stop ${claim.id} on ${record.name}: ${placeName(best)} would do then`;
  }
  const later = placeAmong(tried.map((record) => without(record, record.claims, tables)));
  return later === null
    ? ''
    : `stop something on ${later.record.name}: ${placeName(later)} would do if it were empty`;
}

/** Nothing but what its claims hold is in the way on that node. */
function isNear(record: NodeRecord, ask: Ask): boolean {
  const blocked = refuseNode(record, ask);
  return blocked === null || freedByClaims.has(blocked);
}

const freedByClaims: ReadonlySet<Reason> = new Set(['cpu', 'host-memory', 'spread', 'affinity']);

/** A node without some of its claims and without the instances that were cut for them. */
function without(record: NodeRecord, ended: readonly Claim[], tables: RecordTables): NodeRecord {
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
    tables,
  );
}

function byId(left: Claim, right: Claim): number {
  return left.id < right.id ? -1 : 1;
}
