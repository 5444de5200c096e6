import type { Plan } from '../../shared/domain/change.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ClusterId, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type { NodeStatus, NodeTarget } from '../../shared/domain/node-target.ts';
import type { ReplicaStatus } from '../../shared/domain/replica-state.ts';
import type { Evidence, NodeAvailability, Refusal } from '../../shared/placement/engine.ts';

/** A declared model with all that is known of it now. `version` grows with each change of the spec. */
export interface ModelView {
  readonly spec: ModelSpec;
  readonly version: number;
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
  /** null: known from the store, but its agent has not connected since this coordinator started. */
  readonly inventory: Inventory | null;
  readonly availability: NodeAvailability;
  readonly connected: boolean;
  readonly lastSeenMs: number;
  readonly generation: number;
  readonly acceptedGeneration: number;
  readonly status: NodeStatus | null;
  readonly claims: readonly Claim[];
}

export type ApplyOutcome = 'created' | 'updated' | 'unchanged';

export interface ApplyResult {
  readonly outcome: ApplyOutcome;
  readonly model: ModelView;
  /** What the change will do, made before anything is done. */
  readonly plan: Plan;
}

/** Why a model is where it is, or why it is nowhere. */
export interface Explanation {
  readonly model: ModelName;
  readonly replicasWanted: number;
  readonly replicasPlaced: number;
  readonly replicasReady: number;
  /** One line a replica that has a place: where, which slice, what it does now. */
  readonly placed: readonly string[];
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
  | { readonly kind: 'synced'; readonly revision: string };

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
  /** Throws MODEL_INVALID, MODEL_CONFLICT (etag). `validateOnly` writes nothing. */
  applyModel(
    spec: ModelSpec,
    options: { readonly validateOnly: boolean; readonly etag: string | null },
  ): Promise<ApplyResult>;
  /** Throws MODEL_UNKNOWN. Its replicas are tombstoned; the model is gone once they are. */
  deleteModel(name: ModelName, options: { readonly validateOnly: boolean }): Promise<Plan>;
  scaleModel(name: ModelName, replicas: number): Promise<ApplyResult>;
  models(): readonly ModelView[];
  model(name: ModelName): ModelView | undefined;
  nodes(): readonly NodeView[];
  node(name: NodeName): NodeView | undefined;
  explain(name: ModelName): Explanation | undefined;
  /** Throws NODE_UNKNOWN. */
  setAvailability(name: NodeName, wanted: 'ready' | 'cordoned' | 'draining'): Promise<NodeView>;
  events(options: {
    readonly limit: number;
    readonly subject: string | null;
  }): readonly FleetEvent[];
  watchModels(signal: AbortSignal): AsyncIterable<ModelEvent>;
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
