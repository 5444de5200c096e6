import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import { assert } from '../../shared/domain/assert.ts';
import type {
  Evidence,
  PlacementEngine,
  PlacementRequest,
  Refusal,
} from '../../shared/placement/engine.ts';

/** What a decision came to, as it is logged. */
export type Outcome =
  | { readonly kind: 'placed'; readonly claim: Claim; readonly cost: number }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly evidence: readonly Evidence[];
    };

export type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Decides and, where there is no place, says why. */
export function outcomeOf(engine: PlacementEngine, request: PlacementRequest): Outcome {
  const decision = engine.decide(request);
  return decision.kind === 'placed'
    ? { kind: 'placed', claim: decision.claim, cost: decision.cost }
    : explainRefused(engine, request);
}

/** The words for a request that the engine has just refused. */
export function explainRefused(engine: PlacementEngine, request: PlacementRequest): Refused {
  const { refusal, evidence } = engine.explain(request);
  assert(refusal !== null, 'what was refused has a reason');
  return { kind: 'refused', refusal, evidence };
}

/** Equal outcomes are equal bytes. */
export function outcomeText(outcome: Outcome): string {
  return canonicalJson(outcome);
}
