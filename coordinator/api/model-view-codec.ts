import { unreachable } from '../../shared/domain/assert.ts';
import type { Explanation, ModelEvent, ModelView, ReplicaView } from '../fleet/core.ts';
import { encodeModelSpec } from '../../shared/wire/model-codec.ts';
import { encodeSlice } from '../../shared/wire/slice-codec.ts';
import { encodeReplicaPhase } from '../../shared/wire/status-codec.ts';
import type { Evidence } from '../../shared/placement/engine.ts';
import type { Evidence as WireEvidence } from '../../shared/wire/generated/tangram/v1/Evidence.ts';
import type { ExplainResponse } from '../../shared/wire/generated/tangram/v1/ExplainResponse.ts';
import type { Model } from '../../shared/wire/generated/tangram/v1/Model.ts';
import type { Replica } from '../../shared/wire/generated/tangram/v1/Replica.ts';
import type { WatchModelsResponse } from '../../shared/wire/generated/tangram/v1/WatchModelsResponse.ts';

/** A model as clients see it. */
export function encodeModelView(view: ModelView): Model {
  const serving = view.replicas.filter((replica) => !replica.retiring);
  return {
    name: view.spec.name,
    labels: { ...view.spec.labels },
    spec: encodeModelSpec(view.spec),
    version: view.version,
    rolloutVersion: view.rolloutVersion,
    etag: view.etag,
    createdAtMs: view.createdAtMs,
    updatedAtMs: view.updatedAtMs,
    status: {
      replicasWanted: view.deleting ? 0 : view.spec.replicas,
      replicasPlaced: serving.length,
      replicasReady: serving.filter((replica) => replica.status?.phase === 'ready').length,
      pendingReason: view.pendingCount === 0 ? '' : view.pendingReason,
      deleting: view.deleting,
      replicas: view.replicas.flatMap(encodeReplicaView),
    },
  };
}

/** Empty for a claim that no replica holds. */
export function encodeReplicaView(view: ReplicaView): Replica[] {
  const { claim, status } = view;
  if (claim.holder.kind !== 'replica') return [];
  return [
    {
      replica: claim.holder.replica,
      model: claim.holder.model,
      modelVersion: claim.holder.modelVersion,
      node: claim.node,
      slices: claim.slices.map(encodeSlice),
      phase: encodeReplicaPhase(status?.phase ?? 'waiting'),
      reason: status?.reason ?? 'its node has not spoken of it yet',
      address: status?.address ?? '',
      restarts: status?.restarts ?? 0,
      startedAtMs: status?.startedAtMs ?? 0,
      readyAtMs: status?.readyAtMs ?? 0,
      ...(typeof status?.idleSeconds === 'number' ? { idleSeconds: status.idleSeconds } : {}),
      retiring: view.retiring,
      runtime: status?.runtime ?? '',
      runtimeId: status?.runtimeId ?? '',
    },
  ];
}

export function encodeModelEvent(event: ModelEvent): WatchModelsResponse {
  switch (event.kind) {
    case 'model':
      return { model: encodeModelView(event.model), event: 'model', revision: event.revision };
    case 'deleted':
      return { deleted: event.name, event: 'deleted', revision: event.revision };
    case 'synced':
      return { synced: true, event: 'synced', revision: event.revision };
    case 'bookmark':
      return { bookmark: true, event: 'bookmark', revision: event.revision };
    default:
      return unreachable(event);
  }
}

export function encodeExplanation(explanation: Explanation): ExplainResponse {
  return {
    name: explanation.model,
    replicasWanted: explanation.replicasWanted,
    replicasPlaced: explanation.replicasPlaced,
    replicasReady: explanation.replicasReady,
    placed: [...explanation.placed],
    refusal: explanation.refusal?.summary ?? '',
    nearest: explanation.refusal?.nearest ?? '',
    evidence: explanation.evidence.map(encodeEvidence),
    places: explanation.places.map((place) => ({
      replica: place.replica,
      decision: place.decision ?? 0,
      why: place.why,
      toMove: place.toMove,
      evidence: place.evidence.map(encodeEvidence),
    })),
  };
}

function encodeEvidence({ reason, of: counted, count, example }: Evidence): WireEvidence {
  return { reason, counted, count, example };
}
