import type { SliceShape } from '../domain/slice.ts';
import type { Reason } from './reasons.ts';

/** One slice that a card could give, as the card alone judges it. */
export interface RawOffer {
  readonly shape: SliceShape;
  /** See `SliceOffer.priceMilli`. */
  readonly priceMilli: number;
  /** It would take an idle card into use. */
  readonly opensIdle: boolean;
}

/** What a card could give for a need; never empty. */
export interface CardOffers {
  readonly kind: 'offers';
  /** In the order in which equals are taken. */
  readonly offers: readonly RawOffer[];
}

/** Why a card cannot serve a need. Without the card's name, because many cards share one verdict. */
export interface CardRefusal {
  readonly kind: 'refused';
  readonly reason: Reason;
  /** Among refusals of one reason, the highest is nearest to fitting. */
  readonly closeness: number;
  /** `needs 9216MiB`. */
  readonly needs: string;
  /** `has 4864MiB free`. */
  readonly has: string;
  /** The most memory that a request alike could be given here now; 0: nothing, or memory is not what lacks. */
  readonly fitsMib: number;
}

export type CardVerdict = CardOffers | CardRefusal;

export function offering(...offers: readonly RawOffer[]): CardOffers {
  return { kind: 'offers', offers };
}

/** A refusal; what is left out is zero. */
export function refuse(
  reason: Reason,
  needs: string,
  has: string,
  more: { readonly closeness?: number; readonly fitsMib?: number } = {},
): CardRefusal {
  return {
    kind: 'refused',
    reason,
    needs,
    has,
    closeness: more.closeness ?? 0,
    fitsMib: more.fitsMib ?? 0,
  };
}
