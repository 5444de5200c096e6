import type { Claim } from './claim.ts';
import type { ChangeId, ClaimId, ModelName, NodeName, PlanId, ReplicaId, SliceId } from './ids.ts';
import type { MigPlacement } from './mig-profile.ts';

/**
 * One thing that the agents will do, as a plan prints it and prices it. A move is two steps: the new replica starts
 * (`replaces`), the old one stops (`replacedBy`); which of them comes first says whether anybody notices.
 */
export type PlanStep =
  | {
      readonly kind: 'set-mode';
      readonly node: NodeName;
      readonly gpu: string;
      readonly mode: string;
    }
  | {
      readonly kind: 'create-slice';
      readonly node: NodeName;
      readonly gpu: string;
      readonly slice: SliceId;
      readonly shape: string;
    }
  | {
      readonly kind: 'destroy-slice';
      readonly node: NodeName;
      readonly gpu: string;
      /** null: an idle MIG instance that is nobody's slice; `placement` says which. */
      readonly slice: SliceId | null;
      /** Which MIG instance; null: the slice is no MIG slice. */
      readonly placement: MigPlacement | null;
      readonly shape: string;
      /** Which instance of others the plan saw; null: it destroys a slice of ours. */
      readonly seen: SeenInstance | null;
    }
  | {
      readonly kind: 'start-replica';
      readonly node: NodeName;
      readonly replica: ReplicaId;
      /** The replica whose place in the service it takes; null: it is one more. */
      readonly replaces: ReplicaId | null;
    }
  | {
      readonly kind: 'stop-replica';
      readonly node: NodeName;
      readonly replica: ReplicaId;
      /** The replica that serves in its place; null: none does. */
      readonly replacedBy: ReplicaId | null;
    };

/** What tells an instance from another one in the same place. */
export interface SeenInstance {
  readonly gpuInstanceId: number;
  readonly layoutRevision: number;
}

/** A replica that does not serve for a while because of a plan. */
export interface Interruption {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  /** How long, by estimate; null: it ends, and nothing in the plan serves in its place. */
  readonly seconds: number | null;
  /** One line for people: `its place is needed and no other is free beside it`. */
  readonly why: string;
}

/** What a plan costs. Whatever depends on durations and sizes is an estimate, and said to be one. */
export interface PlanPrice {
  /** The length of `interruptions`. */
  readonly replicasInterrupted: number;
  /** In the order in which they stop. */
  readonly interruptions: readonly Interruption[];
  /** From the first step to the last, by estimate. */
  readonly seconds: number;
  /** Where the durations come from; `mixed`: some of them from this cluster's own history. */
  readonly estimates: 'stated' | 'learned' | 'mixed';
  /** Images and weights that nodes must fetch before the new replicas start; null: not known. */
  readonly bytesToFetch: number | null;
  /**
   * Free capacity that the demand expected next could not use, on the cards that the plan touches, in
   * thousandths of a card.
   */
  readonly strandedBeforeMilli: number;
  readonly strandedAfterMilli: number;
  /** Replicas that go elsewhere, interrupted or not. */
  readonly moves: number;
  /** Replicas of lower priority that end so that a higher one fits. */
  readonly preemptions: number;
}

/**
 * What ends a change in the middle of a stage. After that nothing more is stopped or destroyed; what has been
 * started stays.
 */
export type AbortCause =
  /** A node that the stage works on is lost, cordoned or drained. */
  | 'node-unavailable'
  /** A card that the stage works on has failed. */
  | 'card-failed'
  /** A card's layout is no longer the one that the plan was made from and its own steps lead to. */
  | 'layout-moved-on'
  /** A replica that the stage starts has failed for good. */
  | 'replica-failed'
  /** A claim that the plan builds on, or is to end, is no longer what it was. */
  | 'claim-moved-on'
  /** The stage takes longer than `deadlineSeconds`. */
  | 'deadline';

/** Published together; the next stage waits until `until` is observed. */
export interface PlanStage {
  readonly title: string;
  /** In order for each card and each replica; cards and replicas work side by side. */
  readonly steps: readonly PlanStep[];
  readonly until: 'replicas-stopped' | 'slices-gone' | 'slices-ready' | 'replicas-ready';
  readonly abortsOn: readonly AbortCause[];
  /** When a stage that has not come to its end is given up. */
  readonly deadlineSeconds: number;
}

/** What a plan is for. */
export type PlanKind = 'apply' | 'make-room' | 'defrag' | 'drain';

/** Ordered, immutable, priced. Made by a pure function. */
export interface Plan {
  readonly id: PlanId;
  readonly kind: PlanKind;
  readonly stages: readonly PlanStage[];
  readonly price: PlanPrice;
  /**
   * Every claim that the plan begins, complete: who carries it out decides nothing. A claim is to be held from the
   * stage on that first names one of its slices or its replica, and its place kept free for it until then.
   */
  readonly begins: readonly Claim[];
  /** Every claim that the plan ends, from the stage on that first stops its replica or destroys one of its slices. */
  readonly ends: readonly ClaimId[];
  /** Which replicas have no place even after all of it, and why. Empty: every one has. */
  readonly unplaced: string;
  /** Keys and revisions of the store that the plan was made from; `apply --plan` checks just these. */
  readonly basis: Readonly<Record<string, string>>;
}

/** When one step of a change was begun and when it was seen done. Wall clock, ms since the epoch. */
export interface ChangeMark {
  readonly step: 'start' | 'stop';
  readonly replica: ReplicaId;
  readonly atMs: number;
  /** null: not seen yet. */
  readonly doneAtMs: number | null;
}

/** A plan being carried out. Durable: a new leader resumes it. */
export interface Change {
  readonly id: ChangeId;
  readonly plan: Plan;
  /**
   * It begins exactly the claims of its plan and ends exactly those that the plan ends. false: the plan was a
   * prediction, and the planner decides on the way.
   */
  readonly exact: boolean;
  /** The model that was declared together with it; null: none. */
  readonly model: ModelName | null;
  readonly stage: number;
  /** Since when it has been in this stage; wall clock. */
  readonly stageSinceMs: number;
  readonly state: 'running' | 'done' | 'aborted';
  readonly reason: string;
  readonly startedAtMs: number;
  /** null: it runs. */
  readonly endedAtMs: number | null;
  /** One a replica and step at most. */
  readonly marks: readonly ChangeMark[];
  /** How long starts were predicted to take when the plan was made, in seconds, by model. */
  readonly startSeconds: Readonly<Record<string, number>>;
}
