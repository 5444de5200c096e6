import { createHash } from 'node:crypto';
import { ok, type Problem, type Result } from '../../shared/domain/result.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { CardNow } from './card-now.ts';
import { planCard, type CardPlan, type PlanOptions } from './plan-card.ts';
import { selectCards } from './select-cards.ts';
import type { LayoutDocument } from './wish.ts';

/** What a document means for this node now. */
export interface LayoutPlan {
  /** Equal for equal plans on equal cards: who agrees to it agrees to exactly this. */
  readonly id: string;
  /** Every card that the document names, by index; also those with nothing to do. */
  readonly cards: readonly CardPlan[];
}

/** Pure but for the hash. Problems: the document does not fit this node's cards. */
export function planLayout(
  document: LayoutDocument,
  cards: readonly CardNow[],
  options: PlanOptions,
): Result<LayoutPlan, readonly Problem[]> {
  const selected = selectCards(document, cards);
  if (!selected.ok) return selected;
  const plans = selected.value.map(({ now, wish }) => planCard(now, wish, options));
  return ok({ id: planId(plans), cards: plans });
}

/** Seconds and words are left out: they may change without the plan being another. */
function planId(plans: readonly CardPlan[]): string {
  const parts = plans.map(({ gpu, layoutRevision, before, steps, kept, interrupts }) => ({
    gpu,
    layoutRevision,
    before,
    steps,
    kept,
    interrupts,
  }));
  return createHash('sha256').update(canonicalJson(parts)).digest('hex').slice(0, 16);
}
