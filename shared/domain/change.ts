import type { ChangeId, NodeName, PlanId, ReplicaId, SliceId } from './ids.ts';

/** One thing that the agents will do, as a plan prints it and prices it. */
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
      readonly slice: SliceId;
      readonly shape: string;
    }
  | { readonly kind: 'start-replica'; readonly node: NodeName; readonly replica: ReplicaId }
  | { readonly kind: 'stop-replica'; readonly node: NodeName; readonly replica: ReplicaId };

export interface PlanPrice {
  readonly replicasInterrupted: number;
  /** An estimate, said to be one. */
  readonly seconds: number;
}

/** Published together; the next stage waits until `until` is observed. */
export interface PlanStage {
  readonly title: string;
  readonly steps: readonly PlanStep[];
  readonly until: 'replicas-stopped' | 'slices-gone' | 'slices-ready' | 'replicas-ready';
}

/** Ordered, immutable, priced. Made by a pure function. */
export interface Plan {
  readonly id: PlanId;
  readonly stages: readonly PlanStage[];
  readonly price: PlanPrice;
  /** Which replicas have no place even after all of it, and why. Empty: every one has. */
  readonly unplaced: string;
  /** Keys and revisions of the store that the plan was made from; `apply --plan` checks just these. */
  readonly basis: Readonly<Record<string, string>>;
}

/** A plan being carried out. Durable: a new leader resumes it. */
export interface Change {
  readonly id: ChangeId;
  readonly plan: Plan;
  readonly stage: number;
  readonly state: 'running' | 'done' | 'aborted';
  readonly reason: string;
  readonly startedAtMs: number;
}
