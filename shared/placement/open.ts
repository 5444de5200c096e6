import type { Claim } from '../domain/claim.ts';
import type { ClaimId, NodeName, SliceId } from '../domain/ids.ts';
import { parseSliceId } from '../domain/ids.ts';
import { assert } from '../domain/assert.ts';
import { askOf } from './ask.ts';
import { CardClasses } from './card-class.ts';
import type {
  DecideOptions,
  Decision,
  Demand,
  EngineOptions,
  Explanation,
  PlacementDelta,
  PlacementEngine,
  PlacementNode,
  PlacementRequest,
  PlacementSnapshot,
} from './engine.ts';
import { renderEvidence } from './evidence.ts';
import type { NodeRecord } from './node-record.ts';
import { compareText, recordNode } from './node-record.ts';
import { explainRefusal } from './refusal.ts';
import type { Candidate } from './search.ts';
import { search } from './search.ts';

/** Opens an engine on a snapshot. The order of nodes, cards and claims in it does not matter. */
export function open(snapshot: PlacementSnapshot, options: EngineOptions = {}): PlacementEngine {
  const claims = new Map<NodeName, readonly Claim[]>();
  const nodeOf = new Map<ClaimId, NodeName>();
  for (const claim of snapshot.claims) {
    assert(!nodeOf.has(claim.id), `the snapshot holds claim ${claim.id} once`);
    nodeOf.set(claim.id, claim.node);
    claims.set(claim.node, [...(claims.get(claim.node) ?? []), claim]);
  }
  const classes = new CardClasses();
  const records = snapshot.nodes
    .map((node) => recordNode(node, claims.get(node.inventory.node) ?? [], classes))
    .sort((a, b) => compareText(a.name, b.name));
  for (const [at, record] of records.entries()) {
    assert(record.name !== records[at + 1]?.name, `the snapshot holds node ${record.name} once`);
  }
  const demand = snapshot.demand ?? { shapes: [] };
  return new IndexedEngine({ records, claims, nodeOf, classes }, options, demand);
}

interface World {
  /** In order of name. */
  readonly records: NodeRecord[];
  /** Also those of nodes that are not known now: a node that comes back finds its claims again. */
  readonly claims: Map<NodeName, readonly Claim[]>;
  readonly nodeOf: Map<ClaimId, NodeName>;
  readonly classes: CardClasses;
}

/**
 * The engine over indices.
 * Invariants: `records` are in order of name, one a node; each is made of that node and of exactly its claims,
 * and is replaced, never changed, so that forks share them.
 */
class IndexedEngine implements PlacementEngine {
  private readonly world: World;
  private readonly options: EngineOptions;
  private demand: Demand;

  constructor(world: World, options: EngineOptions, demand: Demand) {
    this.world = world;
    this.options = options;
    this.demand = demand;
  }

  apply(delta: PlacementDelta): void {
    switch (delta.kind) {
      case 'node-set':
        return this.setNode(delta.node);
      case 'node-removed':
        return this.removeNode(delta.node);
      case 'claim-set':
        this.removeClaim(delta.claim.id, delta.claim.node);
        return this.addClaim(delta.claim);
      case 'claim-removed':
        return this.removeClaim(delta.claim, null);
      case 'demand-set':
        this.demand = delta.demand;
    }
  }

  decide(request: PlacementRequest, options?: DecideOptions): Decision {
    const { best } = search(this.candidates(request, options), askOf(request.spec));
    if (best === null) return { kind: 'refused' };
    const claim = claimOf(best, request);
    return {
      kind: 'placed',
      placement: { node: claim.node, slices: claim.slices },
      claim,
      delta: { kind: 'claim-set', claim },
      cost: best.cost,
    };
  }

  explain(request: PlacementRequest, options?: DecideOptions): Explanation {
    const ask = askOf(request.spec);
    const records = this.candidates(request, options);
    const { best, tally } = search(records, ask);
    return {
      refusal: best === null ? explainRefusal(records, ask, tally, this.world.classes) : null,
      evidence: renderEvidence(tally, ask),
    };
  }

  fork(): PlacementEngine {
    const { records, claims, nodeOf, classes } = this.world;
    const copy = {
      records: [...records],
      claims: new Map(claims),
      nodeOf: new Map(nodeOf),
      classes,
    };
    return new IndexedEngine(copy, this.options, this.demand);
  }

  private candidates(request: PlacementRequest, options?: DecideOptions): readonly NodeRecord[] {
    const { records, nodeOf } = this.world;
    assert(!nodeOf.has(request.claim), `claim ${request.claim} has no place yet`);
    const within = options?.within;
    return within === undefined ? records : records.filter(({ name }) => within.has(name));
  }

  private setNode(node: PlacementNode): void {
    const { records, claims, classes } = this.world;
    const name = node.inventory.node;
    const at = this.find(name);
    const known = records[at]?.name === name ? 1 : 0;
    records.splice(at, known, recordNode(node, claims.get(name) ?? [], classes));
  }

  private removeNode(name: NodeName): void {
    const { records } = this.world;
    const at = this.find(name);
    if (records[at]?.name === name) records.splice(at, 1);
  }

  private addClaim(claim: Claim): void {
    const { claims, nodeOf } = this.world;
    nodeOf.set(claim.id, claim.node);
    claims.set(claim.node, [...(claims.get(claim.node) ?? []), claim]);
    this.refresh(claim.node);
  }

  /** `next`: the node that is about to be refreshed anyway. */
  private removeClaim(id: ClaimId, next: NodeName | null): void {
    const { claims, nodeOf } = this.world;
    const node = nodeOf.get(id);
    if (node === undefined) return;
    nodeOf.delete(id);
    const rest = (claims.get(node) ?? []).filter((claim) => claim.id !== id);
    if (rest.length === 0) claims.delete(node);
    else claims.set(node, rest);
    if (node !== next) this.refresh(node);
  }

  private refresh(name: NodeName): void {
    const { records, claims, classes } = this.world;
    const at = this.find(name);
    const record = records[at];
    if (record?.name !== name) return;
    records[at] = recordNode(record.node, claims.get(name) ?? [], classes);
  }

  /** Where a node is, or would be. */
  private find(name: NodeName): number {
    const { records } = this.world;
    let low = 0;
    let high = records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = records[middle];
      if (there !== undefined && compareText(there.name, name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The claim that a candidate becomes. Its slices are new, so this is their first incarnation. */
function claimOf(best: Candidate, request: PlacementRequest): Claim {
  const { spec, claim, replica, modelVersion, nowMs } = request;
  const node = best.record.name;
  return {
    id: claim,
    holder: { kind: 'replica', replica, model: spec.name, modelVersion },
    node,
    slices: best.parts.map(({ card, shape }, at) => ({
      id: sliceIdOf(claim, at),
      incarnation: 1,
      node,
      gpu: card.gpu.uuid,
      shape,
    })),
    cpuMillis: spec.workload.cpuMillis,
    memoryMib: spec.workload.memoryMib,
    state: 'held',
    createdAtMs: nowMs,
  };
}

function sliceIdOf(claim: ClaimId, at: number): SliceId {
  const id = parseSliceId(`${claim}.${at}`);
  assert(id.ok, `claim id ${claim} leaves room for the number of a slice`);
  return id.value;
}
