import { assert } from '../../domain/assert.ts';
import type { Claim } from '../../domain/claim.ts';
import type { ClaimId, NodeName } from '../../domain/ids.ts';
import { zoneOf } from '../ask.ts';
import { CardClasses } from '../card-class.ts';
import { LinkTable } from '../card-links.ts';
import type { Demand, PlacementDelta, PlacementNode, PlacementSnapshot } from '../engine.ts';
import type { NodeRecord, RecordTables } from '../node-record.ts';
import { compareText, recordAnew, recordChange, recordNode } from '../node-record.ts';
import { ChangeLog } from './change-log.ts';
import { Fleet } from './fleet.ts';
import { HostColumns } from './host-columns.ts';
import { ImageHolders } from './image-holders.ts';
import { LayeredMap } from './layered-map.ts';
import { ModelPlaces } from './model-places.ts';
import { NodeStates } from './node-state.ts';

/**
 * The world as deltas have made it, with what decisions look things up in.
 * Invariants: `records` are in order of name, one a node; each is made of that node and of exactly its claims, and is
 * replaced, never changed, so that forks share them. The index of a record is its slot; `seating` grows when slots are
 * given anew, and `log` has every change since.
 */
export class Cluster {
  readonly tables: RecordTables;
  readonly places: ModelPlaces;
  readonly fleet: Fleet;
  readonly images = new ImageHolders();
  private rows: NodeRecord[];
  private changes: ChangeLog;
  private columns: HostColumns;
  private seats: number;
  private shapes: Demand;
  private zoneNames: readonly string[] | null = null;
  private readonly nodeOf: LayeredMap<ClaimId, NodeName>;
  /** Claims of nodes that are not known now: a node that comes back finds them again. */
  private readonly strays: Map<NodeName, readonly Claim[]>;

  private constructor(from: Cluster | null) {
    this.tables = from?.tables ?? makeTables();
    this.places = from?.places.fork() ?? new ModelPlaces();
    this.fleet = new Fleet(from?.fleet);
    this.rows = from === null ? [] : [...from.rows];
    this.changes = from?.changes.fork() ?? new ChangeLog(0);
    this.columns = new HostColumns(from?.columns ?? []);
    this.seats = from?.seats ?? 0;
    this.shapes = from?.shapes ?? { shapes: [] };
    this.nodeOf = from?.nodeOf.fork() ?? new LayeredMap();
    this.strays = new Map(from?.strays);
  }

  /** The order of nodes, cards and claims in a snapshot does not matter. */
  static of(snapshot: PlacementSnapshot): Cluster {
    const cluster = new Cluster(null);
    for (const claim of snapshot.claims) {
      assert(!cluster.nodeOf.has(claim.id), `the snapshot holds claim ${claim.id} once`);
      cluster.nodeOf.set(claim.id, claim.node);
      cluster.places.add(claim);
      cluster.stray(claim);
    }
    cluster.rows = snapshot.nodes
      .map((node) => recordNode(node, cluster.adopt(node.inventory.node), cluster.tables))
      .sort((a, b) => compareText(a.name, b.name));
    for (const [at, record] of cluster.rows.entries()) {
      assert(
        record.name !== cluster.rows[at + 1]?.name,
        `the snapshot holds node ${record.name} once`,
      );
      cluster.fleet.add(record);
    }
    cluster.shapes = snapshot.demand ?? cluster.shapes;
    cluster.reseat();
    return cluster;
  }

  get records(): readonly NodeRecord[] {
    return this.rows;
  }

  /** By slot. */
  get hosts(): HostColumns {
    return this.columns;
  }

  get log(): ChangeLog {
    return this.changes;
  }

  get seating(): number {
    return this.seats;
  }

  /** Every zone that a node is in; empty text: a node is in none. Worked out when first asked for. */
  get zones(): readonly string[] {
    this.zoneNames ??= [...new Set(this.rows.map(zoneOf))].sort(compareText);
    return this.zoneNames;
  }

  get demand(): Demand {
    return this.shapes;
  }

  holdsClaim(id: ClaimId): boolean {
    return this.nodeOf.has(id);
  }

  /** Where a node is; -1: it is not known. */
  slotOf(name: NodeName): number {
    const slot = this.seatFor(name);
    return this.rows[slot]?.name === name ? slot : -1;
  }

  apply(delta: PlacementDelta): void {
    switch (delta.kind) {
      case 'node-set':
        return this.setNode(delta.node);
      case 'node-removed':
        return this.removeNode(delta.node);
      case 'claim-set':
        return this.setClaim(delta.claim);
      case 'claim-removed':
        return this.removeClaim(delta.claim);
      case 'demand-set':
        this.shapes = delta.demand;
    }
  }

  /** An independent copy. */
  fork(): Cluster {
    return new Cluster(this);
  }

  private setNode(node: PlacementNode): void {
    const name = node.inventory.node;
    const slot = this.seatFor(name);
    const before = this.rows[slot];
    if (before?.name === name) {
      const record = recordAnew(before, node, this.tables);
      this.fleet.replace(before, record);
      this.replace(slot, record);
      if (zoneOf(before) !== zoneOf(record)) this.zoneNames = null;
      if (before.node.inventory.images !== node.inventory.images) this.images.update(slot, record);
      return;
    }
    const record = recordNode(node, this.adopt(name), this.tables);
    this.rows.splice(slot, 0, record);
    this.fleet.add(record);
    this.reseat();
  }

  private removeNode(name: NodeName): void {
    const slot = this.slotOf(name);
    const record = this.rows[slot];
    if (record === undefined) return;
    if (record.claims.length > 0) this.strays.set(name, record.claims);
    this.rows.splice(slot, 1);
    this.fleet.remove(record);
    this.reseat();
  }

  private setClaim(claim: Claim): void {
    const from = this.nodeOf.get(claim.id);
    if (from !== undefined && from !== claim.node) this.removeClaim(claim.id);
    const slot = this.slotOf(claim.node);
    const record = this.rows[slot];
    const held = record?.claims ?? this.strays.get(claim.node) ?? [];
    const before = from === claim.node ? (held.find(({ id }) => id === claim.id) ?? null) : null;
    if (before !== null) this.places.remove(before);
    this.places.add(claim);
    this.nodeOf.set(claim.id, claim.node);
    if (record === undefined) {
      this.strays.set(claim.node, [...held.filter((each) => each !== before), claim]);
    } else this.replace(slot, recordChange(record, { gone: before, come: claim }, this.tables));
  }

  private removeClaim(id: ClaimId): void {
    const node = this.nodeOf.get(id);
    if (node === undefined) return;
    this.nodeOf.delete(id);
    const slot = this.slotOf(node);
    const record = this.rows[slot];
    const held = record?.claims ?? this.strays.get(node) ?? [];
    const gone = held.find((claim) => claim.id === id);
    assert(gone !== undefined, `claim ${id} is among those of ${node}`);
    this.places.remove(gone);
    if (record !== undefined) {
      this.replace(slot, recordChange(record, { gone, come: null }, this.tables));
    } else if (held.length > 1) {
      this.strays.set(
        node,
        held.filter((claim) => claim !== gone),
      );
    } else this.strays.delete(node);
  }

  private replace(slot: number, record: NodeRecord): void {
    this.rows[slot] = record;
    this.columns.set(slot, record);
    this.changes.add(slot);
  }

  private stray(claim: Claim): void {
    const there = this.strays.get(claim.node);
    this.strays.set(claim.node, there === undefined ? [claim] : [...there, claim]);
  }

  /** The claims that were waiting for a node. */
  private adopt(name: NodeName): readonly Claim[] {
    const claims = this.strays.get(name) ?? [];
    this.strays.delete(name);
    return claims;
  }

  private reseat(): void {
    this.changes = new ChangeLog(this.rows.length);
    this.columns = new HostColumns(this.rows);
    this.seats += 1;
    this.images.forget();
    this.zoneNames = null;
  }

  /** Where a node is, or would be. */
  private seatFor(name: NodeName): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.rows[middle];
      if (there !== undefined && there.name < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function makeTables(): RecordTables {
  return { classes: new CardClasses(), states: new NodeStates(), links: new LinkTable() };
}
