import { EngineDesk, type OpenEngine } from '../../../../coordinator/fleet/engine-desk.ts';
import type { ReplayDeps } from '../../../../coordinator/replay/replay-decision.ts';
import { openDecisionLog, type DecisionLog } from '../../../../coordinator/store/decision-log.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import type { ModelSpec } from '../../../../shared/domain/model.ts';
import type {
  PlacementDelta,
  PlacementNode,
  PlacementSnapshot,
} from '../../../../shared/placement/engine.ts';
import { open } from '../../../../shared/placement/open.ts';
import type { PolicyName } from '../../../../shared/placement/policies/policy-name.ts';
import { request } from '../../shared/placement/builders.ts';

/**
 * A coordinator's desk with a log and a world behind it, as the fleet uses them: what is placed is claimed, a claim ends
 * in two steps, and time is moved by hand.
 */
export class History {
  readonly log: DecisionLog = openDecisionLog(':memory:', { rowsMax: 100_000 });
  readonly desk: EngineDesk;
  readonly claims = new Map<string, Claim>();
  readonly #nodes = new Map<string, PlacementNode>();
  #asked = 0;
  nowMs = 1_000;

  readonly #open: OpenEngine;

  constructor(
    nodes: readonly PlacementNode[],
    policy: PolicyName = 'tangram',
    openEngine: OpenEngine = open,
  ) {
    this.#open = openEngine;
    this.desk = new EngineDesk(openEngine, { policy, seed: 7, demandHalfLife: 20 });
    for (const node of nodes) this.#nodes.set(node.inventory.node, node);
    this.desk.reset(this.#snapshot(), []);
  }

  /** Answers the claim's id; null: refused. */
  place(spec: ModelSpec): string | null {
    this.#asked += 1;
    this.nowMs += 1_000;
    const asked = { ...request(`c${this.#asked}`, spec), nowMs: this.nowMs };
    const decision = this.desk.decide(asked, BigInt(this.#asked), () => this.#snapshot());
    this.log.append(this.desk.takeRows());
    if (decision.kind === 'refused') return null;
    this.set(decision.claim);
    return decision.claim.id;
  }

  set(claim: Claim): void {
    this.claims.set(claim.id, claim);
    this.desk.apply({ kind: 'claim-set', claim });
  }

  setNode(node: PlacementNode): void {
    this.#nodes.set(node.inventory.node, node);
    this.desk.apply({ kind: 'node-set', node });
  }

  reclaim(id: string): void {
    const claim = this.claims.get(id);
    if (claim !== undefined) this.set({ ...claim, state: 'reclaiming' });
  }

  remove(id: string): void {
    const claim = this.claims.get(id);
    if (claim === undefined) return;
    this.claims.delete(id);
    const delta: PlacementDelta = { kind: 'claim-removed', claim: claim.id };
    this.desk.apply(delta);
  }

  /** As after a restart of the coordinator: a new run of the log, from what is now. */
  restart(): void {
    this.desk.reset(this.#snapshot(), []);
  }

  get replays(): ReplayDeps {
    return { log: this.log, open: this.#open, breathe: async () => undefined };
  }

  #snapshot(): PlacementSnapshot {
    return { nodes: [...this.#nodes.values()], claims: [...this.claims.values()] };
  }
}
