import type { Claim } from '../../shared/domain/claim.ts';
import { parseClaimId, parseReplicaId, type NodeName } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type {
  EngineOptions,
  PlacementDelta,
  PlacementEngine,
  PlacementNode,
} from '../../shared/placement/engine.ts';
import { lintNode } from '../../shared/placement/lint.ts';
import { open } from '../../shared/placement/open.ts';
import { ReweighRounds } from '../../shared/placement/reweigh-rounds.ts';
import { DemandHistogram } from '../fleet/demand-histogram.ts';
import { Usage } from '../replay/usage.ts';
import { wellFormed } from '../simulate/well-formed.ts';

/** Requests after which a request counts half in the demand: what a coordinator uses unless it is configured. */
const demandHalfLife = 1_000;

/** A place for a replica, or the summary of why there is none; empty: it is not asked for. */
export type Answer =
  | { readonly kind: 'placed'; readonly claim: Claim }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * The shipped engine with what a coordinator keeps beside it: the demand, and what is claimed.
 * Invariants: engine and usage are told the same; no name of a replica is used twice.
 */
export class SimulatedCluster {
  decisions = 0;
  refusals = 0;
  /** Grows whenever something that did not fit may fit. */
  version = 0;
  readonly #engine: PlacementEngine;
  readonly #usage = new Usage();
  readonly #demand = new DemandHistogram(demandHalfLife);
  readonly #rounds = new ReweighRounds();
  readonly #touched = new Set<NodeName>();
  #named = 0;

  /** `declared` stands for what will be asked, as long as nothing has been. */
  constructor(
    nodes: readonly PlacementNode[],
    declared: readonly ModelSpec[],
    options: EngineOptions,
  ) {
    this.#engine = open({ nodes: [], claims: [] }, options);
    for (const node of nodes) this.setNode(node);
    this.#demand.seed(declared);
    this.#tellDemand();
  }

  get claimedPermille(): number {
    return this.#usage.claimedPermille;
  }

  setNode(node: PlacementNode): void {
    this.#tell({ kind: 'node-set', node });
    this.#touched.add(node.inventory.node);
    this.version += 1;
  }

  /** One more request came in. */
  note(spec: ModelSpec): void {
    this.#demand.add(spec);
    this.#tellDemand();
    const reweighed = this.#rounds.next(this.#engine);
    if (reweighed !== null) this.#tell(reweighed);
  }

  /** Places one replica, and holds its claim. */
  place(spec: ModelSpec, about: { readonly nowMs: number; readonly explain: boolean }): Answer {
    this.#named += 1;
    const name = `${spec.name}-${this.#named}`;
    const request = {
      claim: wellFormed(parseClaimId(name)),
      replica: wellFormed(parseReplicaId(name)),
      spec,
      modelVersion: 1,
      nowMs: about.nowMs,
    };
    const decision = this.#engine.decide(request);
    this.decisions += 1;
    if (decision.kind === 'placed') {
      this.#tell(decision.delta);
      this.#touched.add(decision.claim.node);
      return decision;
    }
    this.refusals += 1;
    const why = about.explain ? (this.#engine.explain(request).refusal?.summary ?? '') : '';
    return { kind: 'refused', why };
  }

  release({ id, node }: Claim): void {
    this.#tell({ kind: 'claim-removed', claim: id });
    this.#touched.add(node);
    this.version += 1;
  }

  /** What is wrong on the nodes that were touched since the last look. `claimsOn` is who holds what, by another count. */
  lint(claimsOn: (node: NodeName) => readonly Claim[]): readonly string[] {
    const names = [...this.#touched];
    this.#touched.clear();
    return names.flatMap((name) => {
      const node = this.#usage.nodes.get(name);
      if (node === undefined) return [];
      return lintNode(node, claimsOn(name)).map(({ message }) => `${name}: ${message}`);
    });
  }

  #tellDemand(): void {
    const demand = this.#demand.takeMoved();
    if (demand === null) return;
    this.#tell({ kind: 'demand-set', demand });
    this.#rounds.restart();
  }

  #tell(delta: PlacementDelta): void {
    this.#engine.apply(delta);
    this.#usage.apply(delta);
  }
}
