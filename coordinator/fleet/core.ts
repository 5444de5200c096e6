import type { Change, Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type {
  AllocationName,
  ChangeId,
  ClusterId,
  ModelName,
  NodeName,
  PlanId,
} from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type { NodeStatus, NodeTarget } from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import type { Evidence, NodeAvailability, Refusal } from '../../shared/placement/engine.ts';
import type { Allocations } from './allocations.ts';
import type { OnceCall } from './answers.ts';
import type { PlaceReason } from './explain-place.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import type { Course } from '../whatif/footprint.ts';
import type { ThoughtCluster } from '../whatif/try-nodes.ts';
import type { PlanCard } from './plan-picture.ts';
import type { ReceiptLine } from './receipt.ts';

/** A declared model with all that is known of it now. `version` grows with each change of the spec. */
export interface ModelView {
  readonly spec: ModelSpec;
  readonly version: number;
  /** The version that last changed what runs: replicas of it, or of a later one, are up to date. */
  readonly rolloutVersion: number;
  /** The store revision of the model, as text: the etag. */
  readonly etag: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly deleting: boolean;
  readonly replicas: readonly ReplicaView[];
  /** How many replicas have no place; with the reason of the first. */
  readonly pendingCount: number;
  readonly pendingReason: string;
}

export interface ReplicaView {
  readonly claim: Claim;
  /** null: its agent has not spoken of it yet. */
  readonly status: ReplicaStatus | null;
  /** It is on its way out (update, scale down, drain, delete). */
  readonly retiring: boolean;
}

export interface NodeView {
  readonly node: NodeName;
  /** Of what was last decided about it: the etag. */
  readonly etag: string;
  /** null: known from the store, but its agent has not connected since this coordinator started. */
  readonly inventory: Inventory | null;
  readonly availability: NodeAvailability;
  readonly connected: boolean;
  readonly lastSeenMs: number;
  readonly generation: number;
  readonly acceptedGeneration: number;
  readonly status: NodeStatus | null;
  readonly claims: readonly Claim[];
  /** The agent's, and an operator's, which win. */
  readonly labels: Readonly<Record<string, string>>;
  /** null: it does not drain. */
  readonly drain: DrainView | null;
}

/** How far a drain has come. */
export interface DrainView {
  readonly sinceMs: number;
  /** Wall clock; null: it has none. */
  readonly deadlineMs: number | null;
  readonly force: boolean;
  readonly overdue: boolean;
  readonly replicasGone: number;
  /** What is there still, and why. Empty: the node is drained. */
  readonly left: readonly {
    readonly claim: Claim;
    readonly reason: string;
    /** It goes only when somebody does something: makes room, ends an allocation, forces it. */
    readonly blocked: boolean;
  }[];
}

/** How an operator wants a drain. */
export interface DrainWish {
  /** From now; null: as long as it takes. */
  readonly deadlineInMs: number | null;
  /** At the deadline everything of ours is stopped, whatever its `disruption` says. */
  readonly force: boolean;
}

export type ApplyOutcome = 'created' | 'updated' | 'unchanged';

export interface ApplyResult {
  readonly outcome: ApplyOutcome;
  readonly model: ModelView;
  /** What the change will do, made before anything is done. */
  readonly plan: Plan;
  readonly notes: PlanNotes;
  /** What carries it out; null: nothing is to be done. */
  readonly change: ChangeId | null;
}

/** What ending a model will do, and what carries it out; null: nothing more is to be done. */
export interface DeleteResult {
  readonly plan: Plan;
  readonly change: ChangeId | null;
}

/**
 * A call with `once` is done once: the same again is rejected with AnsweredBefore, which has the answer, and another
 * call under its id with REQUEST_ID_REUSED.
 */
export interface Once<T> {
  readonly once?: OnceCall<T> | undefined;
}

/** How a model or a node is changed that somebody has read. */
export interface ChangeOptions<T> extends Once<T> {
  /** The revision that the caller has read; null: whatever is there. */
  readonly etag: string | null;
}

/** What went with a node. */
export interface RemovedNode {
  readonly replicas: number;
  readonly allocations: readonly AllocationName[];
}

/** What a plan may cost. */
export interface PlanBudget {
  /** Interruptions of all replicas together, in milliseconds by estimate; 0: none. */
  readonly interruptionMs: number;
  /** Replicas of lower priority may be ended. */
  readonly allowPreemption: boolean;
  /** Idle MIG instances that others made may be destroyed, on cards whose layout may be changed. */
  readonly recutIdle: boolean;
}

/** What is told beside a plan. */
export interface PlanNotes {
  readonly cards: readonly PlanCard[];
  /** What the caller could allow so that more fits; empty: nothing known would help, or nothing is missing. */
  readonly fitsIf: string;
  /** Until when it may be carried out by its id, wall clock; null: it is not kept. */
  readonly expiresAtMs: number | null;
  /** From how many starts of its models the cluster has learned; 0: what is said of them is stated. */
  readonly learnedStarts: number;
}

/** A plan that was kept, with what is told beside it. */
export interface KeptPlan {
  readonly plan: Plan;
  readonly notes: PlanNotes;
}

/** A change as people see it. */
export interface ChangeView {
  readonly change: Change;
  /** What it waits for; empty: for its stage to be reached, and nothing is in its way. */
  readonly waitsFor: string;
  readonly receipt: readonly ReceiptLine[];
}

export interface ApplyOptions extends ChangeOptions<ApplyResult> {
  readonly validateOnly: boolean;
  /** With `validateOnly`: the plan may be carried out by its id for a while. */
  readonly keepPlan?: boolean;
  /** With `validateOnly`: what a re-layout may cost when there is no room as things are. Absent: nothing. */
  readonly budget?: PlanBudget;
}

/** What a declaration would do, and what would follow if it were taken back. */
export interface TriedModel {
  readonly plan: Plan;
  readonly notes: PlanNotes;
  readonly course: Course;
  /** Whether each new replica has room beside the one that it replaces. */
  readonly surgeFits: boolean;
  /** From the world that the plan leaves; null: nothing that runs would change, or nothing ran before. */
  readonly rollback: {
    readonly plan: Plan;
    readonly notes: PlanNotes;
    readonly fits: boolean;
  } | null;
}

/** Why a model is where it is, or why it is nowhere. */
export interface Explanation {
  readonly model: ModelName;
  readonly replicasWanted: number;
  readonly replicasPlaced: number;
  readonly replicasReady: number;
  /** One line a replica that has a place: where, which slice, what it does now. */
  readonly placed: readonly string[];
  /** Why each of them is there; the first 16. */
  readonly places: readonly PlaceReason[];
  /** null: every replica has a place. */
  readonly refusal: Refusal | null;
  readonly evidence: readonly Evidence[];
}

export interface FleetEvent {
  readonly id: number;
  readonly atMs: number;
  readonly kind: string;
  /** `models/x`, `nodes/y`, `replicas/z`. */
  readonly subject: string;
  readonly message: string;
}

/** What a watcher sees: first every model, then `synced`, then changes as they happen. */
export type ModelEvent =
  | { readonly kind: 'model'; readonly model: ModelView; readonly revision: string }
  | { readonly kind: 'deleted'; readonly name: ModelName; readonly revision: string }
  | WatchMark;

/** As ModelEvent, for nodes. */
export type NodeEvent =
  | ({ readonly kind: 'node'; readonly revision: string } & PeopledNode)
  | { readonly kind: 'deleted'; readonly name: NodeName; readonly revision: string }
  | WatchMark;

/** A node with the replicas that hold a place there. */
export interface PeopledNode {
  readonly node: NodeView;
  readonly replicas: readonly ReplicaView[];
}

/** `synced`: everything was told; `bookmark`: nothing has changed since. */
export interface WatchMark {
  readonly kind: 'synced' | 'bookmark';
  readonly revision: string;
}

/** As ModelEvent, for changes. */
export type ChangeEvent =
  | { readonly kind: 'change'; readonly change: ChangeView; readonly revision: string }
  | { readonly kind: 'forgotten'; readonly id: ChangeId; readonly revision: string }
  | WatchMark;

/** What an agent says; one call a message, in order. */
export interface NodeSession {
  inventory(inventory: Inventory): void;
  status(status: NodeStatus, replicas: readonly ReplicaStatus[]): void;
  /** Any message counts as a sign of life; this one says nothing else. */
  heartbeat(): void;
  closed(reason: string): void;
}

/** The coordinator's core as its doors (gRPC, HTTP) see it. All views are values, never live. */
export interface CoordinatorCore {
  readonly clusterId: ClusterId;
  readonly epoch: number;
  readonly allocations: Allocations;
  /** Throws MODEL_INVALID, MODEL_CONFLICT (etag). `validateOnly` writes nothing. */
  applyModel(spec: ModelSpec, options: ApplyOptions): Promise<ApplyResult>;
  /** Throws MODEL_UNKNOWN. Its replicas are tombstoned; the model is gone once they are. */
  deleteModel(
    name: ModelName,
    options: { readonly validateOnly: boolean } & Partial<ChangeOptions<DeleteResult>>,
  ): Promise<DeleteResult>;
  /** Throws MODEL_UNKNOWN, MODEL_CONFLICT (etag). */
  scaleModel(name: ModelName, replicas: number, options?: ApplyOptions): Promise<ApplyResult>;
  /**
   * Begins to carry out exactly a plan that was kept; the same id again answers the change that it began.
   * Throws PLAN_UNKNOWN, PLAN_STALE.
   */
  applyPlan(id: PlanId, options?: Once<ChangeView>): Promise<ChangeView>;
  /**
   * Keeps a plan that wins schedulable capacity. With a budget of 0 only replicas that have nothing to do are moved.
   * Without stages: there is nothing to win.
   */
  planDefrag(budget: PlanBudget, options?: Once<KeptPlan>): Promise<KeptPlan>;
  /** Who waits now would have a place if these nodes came? Changes nothing, as all that follow. */
  tryNodes(nodes: readonly PlacementNode[]): Promise<ThoughtCluster>;
  /** Where would those of a node go if it went? Throws NODE_UNKNOWN. */
  tryWithout(node: NodeName): Promise<ThoughtCluster>;
  /** What would a declaration do, and could it be taken back? Throws MODEL_INVALID. */
  tryModel(spec: ModelSpec, budget: PlanBudget): Promise<TriedModel>;
  /** undefined: no such plan is kept. */
  keptPlan(id: PlanId): Plan | undefined;
  /** Oldest first; those that are over are kept in a limited number. */
  changes(): readonly ChangeView[];
  change(id: ChangeId): ChangeView | undefined;
  /**
   * Ends a running change where it is. Throws CHANGE_UNKNOWN, and REQUEST_INVALID for one that only follows what was
   * declared. Aborting what is over changes nothing.
   */
  abortChange(id: ChangeId, options?: Once<ChangeView>): Promise<ChangeView>;
  models(): readonly ModelView[];
  /** As `models`, one view at a time: whoever walks thousands of them may let others go first in between. */
  eachModel(): Iterable<ModelView>;
  model(name: ModelName): ModelView | undefined;
  nodes(): readonly NodeView[];
  /** As `nodes`, one view at a time. */
  eachNode(): Iterable<NodeView>;
  node(name: NodeName): NodeView | undefined;
  /** What its agent said of the node last: a part of its view, without the cost of the rest. undefined: nothing yet. */
  inventoryOf(name: NodeName): Inventory | undefined;
  explain(name: ModelName): Explanation | undefined;
  /** Nodes that are gone and not replaced, because too many fell silent at once. Empty: there is no alarm. */
  heldLosses(): readonly NodeName[];
  /** Throws NODE_UNKNOWN, NODE_CONFLICT (etag). */
  setAvailability(
    name: NodeName,
    wanted: 'ready' | 'cordoned' | 'draining',
    options?: ChangeOptions<NodeView> & { readonly drain?: DrainWish },
  ): Promise<NodeView>;
  /** Labels that win over the agent's; a value of '' takes one away. Throws NODE_UNKNOWN, NODE_CONFLICT, REQUEST_INVALID. */
  labelNode(
    name: NodeName,
    labels: Readonly<Record<string, string>>,
    options?: ChangeOptions<NodeView>,
  ): Promise<NodeView>;
  /**
   * Forgets a node that never returns: its claims end at once, what it held is placed elsewhere.
   * Throws NODE_UNKNOWN, NODE_IN_USE while its agent is connected or a running change needs it.
   */
  removeNode(name: NodeName, options?: Once<RemovedNode>): Promise<RemovedNode>;
  /** The newest, oldest first; `before`: of those that came before the event of that id. */
  events(options: {
    readonly limit: number;
    readonly subject: string | null;
    readonly before?: number | null;
  }): readonly FleetEvent[];
  /**
   * `resume`: the revision of the last event that was seen; what follows is what came after it, or more of it than
   * that, never less. Throws WATCH_EXPIRED when it is too old, LIMIT_REACHED.
   */
  watchModels(signal: AbortSignal, resume?: string): AsyncIterable<ModelEvent>;
  watchChanges(signal: AbortSignal, resume?: string): AsyncIterable<ChangeEvent>;
  watchNodes(signal: AbortSignal, resume?: string): AsyncIterable<NodeEvent>;
  /** Whether an agent speaks for it now. */
  knowsNode(name: NodeName): boolean;
  /**
   * An agent dialled in. `send` hands it a complete target; the newest one wins.
   * Throws CLUSTER_MISMATCH, or NODE_DUPLICATE when another live session speaks for the node.
   */
  openSession(
    inventory: Inventory,
    agent: { readonly clusterId: ClusterId | null; readonly epochSeen: number },
    send: (target: NodeTarget) => void,
  ): NodeSession;
}
