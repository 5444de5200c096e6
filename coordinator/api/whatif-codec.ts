import { renderShape } from '../../shared/placement/evidence.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import type { ThoughtCluster as WireCluster } from '../../shared/wire/generated/tangram/v1/ThoughtCluster.ts';
import type { TryModelResponse } from '../../shared/wire/generated/tangram/v1/TryModelResponse.ts';
import type { TriedModel } from '../fleet/core.ts';
import type { ThoughtCluster } from '../whatif/try-nodes.ts';
import { encodePlan, type GpuNames } from './plan-codec.ts';

/** A cluster as it would be, as people read it: a card is named by its index. */
export function encodeThought(thought: ThoughtCluster): WireCluster {
  const { before, after, placed, waiting } = thought;
  const indices = indicesOf(thought.nodes);
  return {
    freeBefore: before.map((free) => ({ ...free, mig: [...free.mig] })),
    freeAfter: after.map((free) => ({ ...free, mig: [...free.mig] })),
    placed: placed.map(({ want, claim }) => ({
      model: want.spec.name,
      replica: want.from?.replica ?? '',
      node: claim.node,
      slices: claim.slices.map((slice) => sliceText(slice, indices)),
    })),
    waiting: waiting.map(({ want, refusal }) => ({
      model: want.spec.name,
      replica: want.from?.replica ?? '',
      reason: refusal.summary,
      nearest: refusal.nearest,
    })),
  };
}

export function encodeTried(tried: TriedModel, nameOf: GpuNames): TryModelResponse {
  const { plan, notes, course, surgeFits, rollback } = tried;
  return {
    plan: encodePlan(plan, nameOf, notes),
    surgeFits,
    before: course.before,
    peak: course.peak,
    after: course.after,
    ...(rollback === null
      ? {}
      : {
          rollback: encodePlan(rollback.plan, nameOf, rollback.notes),
          rollbackFits: rollback.fits,
        }),
  };
}

function indicesOf(nodes: readonly PlacementNode[]): ReadonlyMap<string, number> {
  const gpus = nodes.flatMap(({ inventory }) => inventory.gpus);
  return new Map(gpus.map(({ uuid, index }) => [uuid, index]));
}

function sliceText({ gpu, shape }: Slice, indices: ReadonlyMap<string, number>): string {
  const index = indices.get(gpu);
  return `${index === undefined ? gpu : `GPU${index}`} ${renderShape(shape)}`;
}
