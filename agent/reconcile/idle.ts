import type { GpuUuid } from '../../shared/domain/ids.ts';
import { idleSteps } from '../../shared/domain/replica-state.ts';
import type { RunningActual } from '../observe/world.ts';
import { slicesOf } from './attribution.ts';
import type { PlanInput } from './plan-input.ts';

/**
 * For how long nothing has been computed on a card, or on one MIG instance of it, ms; null: nobody measures it.
 * Whoever shares a card without MIG has the card's figure: a busy neighbour makes all of them busy.
 */
export type QuietMs = (gpu: GpuUuid, gpuInstanceId: number | null) => number | null;

/** Pure: a replica is idle since the last of its slices fell quiet, or since it was started. */
export function idleSeconds(
  input: PlanInput,
  entry: RunningActual,
  { quietMs, wallMs }: { readonly quietMs: QuietMs; readonly wallMs: number },
): number | null {
  const slices = slicesOf(input, entry);
  if (slices.length === 0) return null;
  let idleMs = wallMs - entry.startedAtMs;
  for (const { gpu, gpuInstanceId } of slices) {
    const quiet = quietMs(gpu, gpuInstanceId);
    if (quiet === null) return null;
    idleMs = Math.min(idleMs, quiet);
  }
  return idleSteps.findLast((step) => step * 1_000 <= idleMs) ?? 0;
}
