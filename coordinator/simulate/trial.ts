import { assert } from '../../shared/domain/assert.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ClaimId } from '../../shared/domain/ids.ts';
import type {
  Demand,
  PlacementEngine,
  PlacementNode,
  PlacementRequest,
} from '../../shared/placement/engine.ts';
import { lintPlacement } from '../../shared/placement/lint.ts';
import { open } from '../../shared/placement/open.ts';
import { ReweighRounds } from '../../shared/placement/reweigh-rounds.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { quantile } from './quantile.ts';

export interface TrialOptions {
  readonly nodes: readonly PlacementNode[];
  readonly demand: Demand;
  readonly policy: PolicyName;
  readonly seed: number;
  /** Asked for durations only: no decision depends on it. */
  readonly clock: Clock;
}

/** What a trial of the engine came to. */
export interface TrialSummary {
  readonly decisions: number;
  readonly placed: number;
  readonly failed: number;
  /** Microseconds from the question until the engine knows its own answer; null: nothing was asked. */
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly p999Us: number | null;
}

const lintEvery = 4_096;
const problemsShown = 3;

/**
 * The shipped engine on a made-up cluster: asks it, times it, and checks its promises with the linter, which shares no code with it,
 * every few thousand decisions and whenever told.
 */
export class Trial {
  private readonly nodes: readonly PlacementNode[];
  private readonly engine: PlacementEngine;
  private readonly clock: Clock;
  private readonly claims = new Map<ClaimId, Claim>();
  private readonly rounds = new ReweighRounds();
  private readonly durationsUs: number[] = [];
  private placed = 0;

  constructor({ nodes, demand, policy, seed, clock }: TrialOptions) {
    this.nodes = nodes;
    this.clock = clock;
    this.engine = open({ nodes, claims: [], demand }, { policy, seed });
  }

  /** Places a request, or answers null when it fits nowhere: it is lost. */
  submit(request: PlacementRequest): Claim | null {
    const claim = this.decide(request);
    if (claim !== null) {
      this.claims.set(claim.id, claim);
      this.placed += 1;
    }
    if (this.durationsUs.length % lintEvery === 0) this.check();
    return claim;
  }

  end(claim: Claim): void {
    assert(this.claims.delete(claim.id), `${claim.id} has not ended before`);
    this.engine.apply({ kind: 'claim-removed', claim: claim.id });
  }

  /** Throws INTERNAL when a promise is broken: numbers of such a run would mean nothing. */
  check(): void {
    const problems = lintPlacement({ nodes: this.nodes, claims: [...this.claims.values()] });
    if (problems.length === 0) return;
    const shown = problems
      .slice(0, problemsShown)
      .map(({ node, message }) => `${node}: ${message}`);
    const count = problems.length === 1 ? '1 promise' : `${problems.length} promises`;
    throw new AppError(
      'INTERNAL',
      `after ${this.durationsUs.length} decisions the engine has broken ${count}: ${shown.join('; ')}`,
      { hint: 'this is a bug of Tangram: report it with the two files and the seed' },
    );
  }

  summary(): TrialSummary {
    const sorted = Float64Array.from(this.durationsUs).sort();
    return {
      decisions: sorted.length,
      placed: this.placed,
      failed: sorted.length - this.placed,
      p50Us: quantile(sorted, 0.5),
      p99Us: quantile(sorted, 0.99),
      p999Us: quantile(sorted, 0.999),
    };
  }

  private decide(request: PlacementRequest): Claim | null {
    const reweighed = this.rounds.next(this.engine);
    if (reweighed !== null) this.engine.apply(reweighed);
    const startMs = this.clock.monotonicMs();
    const decision = this.engine.decide(request);
    if (decision.kind === 'placed') this.engine.apply(decision.delta);
    this.durationsUs.push((this.clock.monotonicMs() - startMs) * 1_000);
    return decision.kind === 'placed' ? decision.claim : null;
  }
}
