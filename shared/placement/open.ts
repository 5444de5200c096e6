import { assert } from '../domain/assert.ts';
import type { NodeName } from '../domain/ids.ts';
import { askOf } from './ask.ts';
import type {
  DecideOptions,
  Decision,
  EngineNode,
  EngineOptions,
  Explanation,
  PlacementDelta,
  PlacementEngine,
  PlacementRequest,
  PlacementSnapshot,
} from './engine.ts';
import { renderEvidence } from './evidence.ts';
import type { BoardWorld } from './index/board.ts';
import { Boards } from './index/boards.ts';
import { Cluster } from './index/cluster.ts';
import { drawOne } from './index/draw.ts';
import { pickNode } from './index/pick.ts';
import { claimOf } from './made-claim.ts';
import { policyMakers } from './policies/makers.ts';
import type { Outlook, Policy } from './policies/policy.ts';
import { chooseOn } from './rate-node.ts';
import { explainRefusal } from './refusal.ts';
import { survey } from './survey.ts';

/** Opens an engine on a snapshot. The order of nodes, cards and claims in it does not matter. */
export function open(snapshot: PlacementSnapshot, options: EngineOptions = {}): PlacementEngine {
  return new IndexedEngine(Cluster.of(snapshot), options, new Boards());
}

/**
 * The engine over indices.
 * Invariants: what it answers depends on the cluster and its options alone; boards and policy are caches of these.
 */
class IndexedEngine implements PlacementEngine {
  private readonly cluster: Cluster;
  private readonly options: EngineOptions;
  private readonly boards: Boards;
  private made: { readonly policy: Policy; readonly outlook: Outlook } | null = null;

  constructor(cluster: Cluster, options: EngineOptions, boards: Boards) {
    this.cluster = cluster;
    this.options = options;
    this.boards = boards;
  }

  get cardCount(): number {
    return this.cluster.fleet.cardCount;
  }

  nodes(): readonly EngineNode[] {
    return this.cluster.records;
  }

  node(name: NodeName): EngineNode | undefined {
    return this.cluster.records[this.cluster.slotOf(name)];
  }

  apply(delta: PlacementDelta): void {
    this.cluster.apply(delta);
  }

  decide(request: PlacementRequest, options?: DecideOptions): Decision {
    this.assertNew(request);
    const ask = askOf(request.spec);
    const world = this.world();
    const { cluster, boards } = this;
    const { claim } = request;
    const context = { cluster, world, boards, seed: this.seed, claim };
    const pick = pickNode(ask, context, options?.within);
    const record = pick === null ? undefined : cluster.records[pick.slot];
    if (pick === null || record === undefined) return { kind: 'refused' };
    const choice = chooseOn(record, ask, world.policy, (count) =>
      drawOne(this.seed, `card/${claim}`, count),
    );
    assert(choice !== null, `the node ${record.name} that was picked has a place`);
    const pieces = choice.parts.map(({ card, shape }) => ({ gpu: card.gpu.uuid, shape }));
    const made = claimOf(record.name, pieces, request);
    return {
      kind: 'placed',
      placement: { node: made.node, slices: made.slices },
      claim: made,
      delta: { kind: 'claim-set', claim: made },
      cost: pick.total,
    };
  }

  explain(request: PlacementRequest, options?: DecideOptions): Explanation {
    const ask = askOf(request.spec);
    const placed = this.decide(request, options).kind === 'placed';
    const within = options?.within;
    const records =
      within === undefined
        ? this.cluster.records
        : this.cluster.records.filter(({ name }) => within.has(name));
    const tally = survey(records, ask);
    const { policy } = this.world();
    const scene = { records, policy, tables: this.cluster.tables };
    return {
      refusal: placed ? null : explainRefusal(scene, ask, tally),
      evidence: renderEvidence(tally, ask),
    };
  }

  refresh(budget: number): number {
    return this.boards.refresh(this.world(), budget);
  }

  reweigh(): PlacementDelta | null {
    const usable = this.cluster.records.filter(({ node }) => node.availability.kind === 'ready');
    const demand = this.policy().reweigh?.(usable.map(({ state }) => state)) ?? null;
    return demand === null ? null : { kind: 'demand-set', demand };
  }

  fork(): PlacementEngine {
    const fork = new IndexedEngine(this.cluster.fork(), this.options, this.boards.fork());
    fork.made = this.made;
    return fork;
  }

  private get seed(): number {
    return this.options.seed ?? 0;
  }

  private assertNew({ claim }: PlacementRequest): void {
    assert(!this.cluster.holdsClaim(claim), `claim ${claim} has no place yet`);
  }

  private world(): BoardWorld {
    const { records, hosts, log, seating } = this.cluster;
    return { records, hosts, log, seating, policy: this.policy() };
  }

  /** A policy is made for one outlook. */
  private policy(): Policy {
    const { demand } = this.cluster;
    const fleet = this.cluster.fleet.cards;
    const known = this.made;
    if (known?.outlook.demand === demand && known.outlook.fleet === fleet) return known.policy;
    const outlook = { demand, fleet, seed: this.seed };
    const policy = policyMakers[this.options.policy ?? 'tangram'](outlook, known?.policy);
    this.made = { policy, outlook };
    return policy;
  }
}
