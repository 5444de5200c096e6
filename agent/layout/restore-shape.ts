import {
  isSamePlacement,
  layoutRefusal,
  type CardShape,
  type LaidOutInstance,
} from '../../shared/domain/mig-layout.ts';
import type { BootId, GpuUuid } from '../../shared/domain/ids.ts';
import type { SliceBinding } from '../store/records.ts';
import { shapeOf, type CardNow } from './card-now.ts';

/**
 * Pure: what a card becomes when a recorded layout is brought back. Only adds: what somebody has made meanwhile stays,
 * and what has no room beside it is left out and told.
 */
export function restoreShape(
  now: CardNow,
  recorded: CardShape,
): { readonly shape: CardShape; readonly leftOut: readonly LaidOutInstance[] } {
  const actual = shapeOf(now);
  // MIG that somebody has turned on since is not turned off.
  if (!recorded.migEnabled || now.migEnabled === null) return { shape: actual, leftOut: [] };
  const instances: LaidOutInstance[] = [...actual.instances];
  const leftOut: LaidOutInstance[] = [];
  for (const wanted of recorded.instances) {
    if (instances.some((each) => isSamePlacement(each, wanted))) continue;
    const refusal =
      now.geometry === null ? null : layoutRefusal(now.geometry, [...instances, wanted]);
    if (refusal === null) instances.push(wanted);
    else leftOut.push(wanted);
  }
  const byStart = instances.toSorted((a, b) => a.start - b.start);
  return { shape: { migEnabled: true, instances: byStart }, leftOut };
}

/** The instances that slices of this boot are bound to. */
export function slicesOf(
  bindings: readonly SliceBinding[],
  gpu: GpuUuid,
  boot: BootId,
): readonly LaidOutInstance[] {
  return bindings.flatMap(({ slice: { gpu: on, shape }, bootId }) => {
    if (shape.kind !== 'mig' || on !== gpu || bootId !== boot) return [];
    const { giProfileId, start, profile } = shape;
    return [{ giProfileId, start, profile, compute: null }];
  });
}

/** A recorded layout and the instances of slices together; null: there is nothing to bring back. */
export function withSlices(
  recorded: CardShape | undefined,
  slices: readonly LaidOutInstance[],
): CardShape | null {
  const own = recorded?.instances ?? [];
  const more = slices.filter((each) => !own.some((other) => isSamePlacement(each, other)));
  if (recorded?.migEnabled !== true && more.length === 0) return null;
  return { migEnabled: true, instances: [...own, ...more] };
}
