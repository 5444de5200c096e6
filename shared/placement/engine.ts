import type { Claim } from '../domain/claim.ts';
import type { AllocationName, ClaimId, NodeName, ReplicaId } from '../domain/ids.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { GpuNeed, ModelSpec } from '../domain/model.ts';
import type { Slice } from '../domain/slice.ts';
import type { PolicyName } from './policies/policy-name.ts';

/** Whether anything new may be placed on a node, and if not, why. */
export type NodeAvailability =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'cordoned' | 'draining' | 'suspect' | 'lost';
      readonly reason: string;
    };

/** A node as placement sees it: what its agent reported, and whether it may be used. */
export interface PlacementNode {
  readonly inventory: Inventory;
  readonly availability: NodeAvailability;
}

/** One kind of request that this cluster sees, and how often. */
export interface DemandShape {
  /** null: a request for CPU alone. */
  readonly gpu: GpuNeed | null;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  /** How many of the recent requests were like this; a positive whole number, in any common unit. */
  readonly weight: number;
  /**
   * How scarce room for it is in the whole cluster, in sixteenths: 16 and absent, all that is free would do for it.
   * As `Policy.reweigh` counts it.
   */
  readonly scarcity?: number;
}

/**
 * What the cluster is expected to be asked for next: the weights of every price that looks ahead. An input, logged
 * like all others, so that the same decision can be made again. Empty: every way to cut a card is as likely.
 */
export interface Demand {
  /** Equal shapes are merged; the order does not matter. */
  readonly shapes: readonly DemandShape[];
}

/** All that a decision may depend on. Order does not matter: ties are broken by name and UUID. */
export interface PlacementSnapshot {
  readonly nodes: readonly PlacementNode[];
  readonly claims: readonly Claim[];
  /** Absent: empty. */
  readonly demand?: Demand;
}

/** The one way in which the engine's world moves on. Logged, so that every decision can be replayed. */
export type PlacementDelta =
  | { readonly kind: 'node-set'; readonly node: PlacementNode }
  | { readonly kind: 'node-removed'; readonly node: NodeName }
  | { readonly kind: 'claim-set'; readonly claim: Claim }
  | { readonly kind: 'claim-removed'; readonly claim: ClaimId }
  | { readonly kind: 'demand-set'; readonly demand: Demand };

/** One replica, or one allocation, that needs a place. */
export interface PlacementRequest {
  readonly claim: ClaimId;
  readonly replica: ReplicaId;
  readonly spec: ModelSpec;
  readonly modelVersion: number;
  /** Absent: the claim is for the replica. */
  readonly allocation?: AllocationName;
  /** The time that the claim will carry; an input, because the engine has no clock. */
  readonly nowMs: number;
}

/** Where a replica goes. Slice ids are `<claim>.<n>`; the caller may not choose others. */
export interface Placement {
  readonly node: NodeName;
  /** Empty for a model on CPU. */
  readonly slices: readonly Slice[];
}

/** Why a candidate was passed over. Grouped: one row a reason, counted over candidates. */
export interface Evidence {
  /** Stable word, such as `memory`, `isolation`, `health`, `authority`, `label`, `spread`, `card-model`. */
  readonly reason: string;
  /** `node` or `gpu`: what was counted. */
  readonly of: 'node' | 'gpu';
  readonly count: number;
  /** One line with the numbers of the best example: `needs 9216MiB, node-b/GPU0 has 4864MiB free`. */
  readonly example: string;
}

export interface Refusal {
  /** The dominant reason in one sentence. */
  readonly summary: string;
  /** The nearest thing that would help; empty when nothing known would. */
  readonly nearest: string;
}

/** Without words: what is decided often is explained seldom. */
export type Decision =
  | {
      readonly kind: 'placed';
      readonly placement: Placement;
      readonly claim: Claim;
      /** Apply it to keep the engine in step once the claim is durable. */
      readonly delta: PlacementDelta;
      /** Lower is better; an integer, so that it is the same on any machine. Of the engine's policy, and comparable within it. */
      readonly cost: number;
    }
  | { readonly kind: 'refused' };

/** Why a request is decided as it is. */
export interface Explanation {
  /** null: there is a place. */
  readonly refusal: Refusal | null;
  /** Why the other candidates were passed over. */
  readonly evidence: readonly Evidence[];
}

/** What a question may be narrowed to. */
export interface DecideOptions {
  /** Only these nodes are looked at; absent: all. Names that are not known are no nodes. */
  readonly within?: ReadonlySet<NodeName>;
}

/** A node as an engine knows it. Both parts are the same objects for as long as nothing is told of the node. */
export interface EngineNode {
  readonly node: PlacementNode;
  /** In no order that may decide anything. */
  readonly claims: readonly Claim[];
}

/** How an engine chooses. Logged beside its decisions. */
export interface EngineOptions {
  /** Absent: `tangram`. */
  readonly policy?: PolicyName;
  /** For policies that draw; absent: 0. */
  readonly seed?: number;
}

/**
 * Places replicas on slices. Pure: no clock, no randomness, no I/O. The same snapshot and the same deltas in
 * any legal order give the same decision, bit for bit.
 */
export interface PlacementEngine {
  /** All cards that it knows, whether they may be used or not. */
  readonly cardCount: number;
  /** All nodes that it knows, in order of name, as they are now: not to be kept beyond the next delta. */
  nodes(): readonly EngineNode[];
  /** One of them; undefined: there is none of that name. */
  node(name: NodeName): EngineNode | undefined;
  apply(delta: PlacementDelta): void;
  /** Looks, and changes nothing. */
  decide(request: PlacementRequest, options?: DecideOptions): Decision;
  /** Looks at every candidate and tries remedies: for those who ask why, not for every decision. */
  explain(request: PlacementRequest, options?: DecideOptions): Explanation;
  /**
   * Looks ahead, so that the next decisions are quick: brings what is remembered of shapes up to date, for at most
   * `budget` nodes, and returns what is left of it. Changes no answer.
   */
  refresh(budget: number): number;
  /**
   * The delta that brings what prices look ahead to in step with how scarce room has become; null: nothing to speak of
   * has changed, or the policy looks at no such thing. Looks at every node: for now and then, by whoever owns the
   * engine, who logs and applies it.
   */
  reweigh(): PlacementDelta | null;
  /** An independent copy, for "what if". */
  fork(): PlacementEngine;
}

export const engineVersion = '2';
