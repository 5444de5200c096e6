import type { SliceKind, SliceShape } from '../../domain/slice.ts';
import type { CardView } from '../card-view.ts';
import type { Demand } from '../engine.ts';
import type { Need } from '../need.ts';

/**
 * Decides between places that would all do. Pure: equal arguments give equal answers.
 *
 * Scores are whole numbers between -2^30 and 2^30; lower is better. The engine asks first for the option of each node
 * that `prefer` puts lowest (then `rate`, then the first card by UUID, then the lowest start), then for the node whose
 * option `rate` puts lowest.
 */
export interface Policy {
  /** What placing `ask` as `option` on `node` costs, compared between nodes. */
  rate(node: NodeSight, option: Option, ask: RequestSight): number;
  /** The same compared between the options of one node. Where it is the very same function, it is asked once. */
  prefer(node: NodeSight, option: Option, ask: RequestSight): number;
  /**
   * Drops the offers of a card that never win whatever the node: those that another beats in all that this policy
   * looks at. Asked once for each card and need, so that ratings are few; in order of `offers`. Absent: none is dropped.
   */
  shortlist?(card: CardSight, offers: readonly SliceOffer[], need: Need): readonly SliceOffer[];
  /**
   * How equal nodes, and then equal options of one, are told apart: the first by name, or one drawn by the seed of the
   * outlook and the id of the claim.
   */
  readonly ties: 'first' | 'drawn';
  /**
   * The demand of the outlook with `scarcity` as these nodes have it now: those that may be given something. null:
   * about as it was. Whoever owns an engine asks from time to time and applies the answer as a delta. Absent: the
   * policy does not look at scarcity.
   */
  reweigh?(nodes: Iterable<NodeSight>): Demand | null;
}

/**
 * A policy is made anew whenever its outlook changes, so it may work out what it likes beforehand. `previous` is the
 * policy of the outlook before, made by the same maker: what it worked out and still holds may be taken over.
 */
export type PolicyMaker = (outlook: Outlook, previous?: Policy) => Policy;

/** What a policy knows besides one node and one request. */
export interface Outlook {
  /** Shapes may repeat, and come in any order: no answer may depend on that. */
  readonly demand: Demand;
  /** Every product of the cluster once, in order of name and then size, however busy its cards are. */
  readonly fleet: readonly FleetCards[];
  readonly seed: number;
}

/** Cards of one product in the whole cluster. */
export interface FleetCards {
  readonly productName: string;
  readonly memoryTotalMib: number;
  readonly count: number;
}

/** A node without its name: what a rating may depend on. Nodes that are alike share one object. */
export interface NodeSight {
  readonly cpuTotalMillis: number;
  readonly cpuFreeMillis: number;
  readonly memoryTotalMib: number;
  readonly memoryFreeMib: number;
  /** Its cards; those that nothing but their name tells apart are one group. */
  readonly groups: readonly CardCount[];
  readonly cardCount: number;
  /** Cards that nobody uses and that have not failed. */
  readonly idleCount: number;
  /** Sum over its cards. */
  readonly freeMilli: number;
  /** Which kinds of work its claims are, as a mask of `workBit`s; 0: none. */
  readonly work: number;
  readonly scratch: Scratch;
}

export interface CardCount {
  readonly card: CardSight;
  /** At least 1. */
  readonly count: number;
}

/** Cards that nothing but their name tells apart, with what they could give now. */
export interface CardSight {
  /** Small and dense; given in the order of first sight, so no answer may depend on it. */
  readonly id: number;
  readonly view: CardView;
  /** Thousandths of the card that could still be handed out; 0 when it has failed or may not be used at all. */
  readonly freeMilli: number;
  /** Nobody uses it, it has not failed, and it could be handed out whole. */
  readonly idle: boolean;
  /** Every slice worth considering that it could give for one card of a need; empty: none. Remembered. */
  offers(need: Need): readonly SliceOffer[];
  readonly scratch: Scratch;
}

/** One slice that a card could give. */
export interface SliceOffer {
  readonly shape: SliceShape;
  /**
   * In thousandths of a card: what it costs beside the room it takes: switches of mode, separation that nobody asked
   * for, media variants, degraded cards, opening for shares what could be cut. How well it fits is the policy's to
   * say, and so is whether idle neighbours stay together.
   */
  readonly priceMilli: number;
  /** The card once the slice is held. */
  readonly after: CardSight;
  /** It would take an idle card into use. */
  readonly opensIdle: boolean;
}

/** A way to place one replica on one node. */
export interface Option {
  /** Empty for a model on CPU; several are whole cards. */
  readonly parts: readonly OptionPart[];
  /** The prices of its slices and of the node: the distance between cards, CPU work on a node with GPUs. */
  readonly priceMilli: number;
}

export interface OptionPart {
  readonly card: CardSight;
  readonly offer: SliceOffer;
}

/** What a rating may depend on of a request. */
export interface RequestSight {
  /** null: a model on CPU. Equal needs have equal keys. */
  readonly need: Need | null;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  /** `workBit` of the claim that it would become. */
  readonly work: number;
}

/**
 * Room for what a policy has worked out about its owner, so that it need not look it up elsewhere. A cache: `numbers`
 * means something to `by` alone; others overwrite both.
 */
export interface Scratch {
  by: object | null;
  numbers: Int32Array | Float64Array | null;
}

/** The kind of work that a claim is: on CPU alone, a share of a card, or so many whole cards. */
export function workBit(
  slices: readonly { readonly shape: { readonly kind: SliceKind } }[],
): number {
  if (slices.length === 0) return 1;
  return slices[0]?.shape.kind === 'whole' ? 1 << Math.min(30, 1 + slices.length) : 2;
}
