import { z } from 'zod';
import type { MigInstance } from '../../shared/domain/inventory.ts';
import type { GpuActual, Intent, World } from '../observe/world.ts';
import { destroyStep, instanceAt } from './mig-plan.ts';
import { authorityRefusal, type PlanInput } from './plan-input.ts';
import type { Step } from './steps.ts';

const count = z.number().int();
const destroyShape = z.object({ giProfileId: count, start: count, gpuInstanceId: count });

/**
 * Pure: the instance that a destroy of ours has taken the compute instances of, and no more: of an agent that died in
 * between, or of a driver that refused the rest. undefined: it left none, or its card cannot be read.
 */
export function leftBare(
  intent: Intent,
  world: World,
): { readonly gpu: GpuActual; readonly instance: MigInstance } | undefined {
  if (intent.kind !== 'destroyMigInstance' || intent.bootId !== world.bootId) return undefined;
  const gpu = world.gpus.find((each) => each.uuid === intent.gpu);
  const step = destroyShape.safeParse(JSON.parse(intent.step));
  if (gpu === undefined || gpu.blind !== null || !step.success) return undefined;
  const instance = instanceAt(gpu, step.data);
  if (instance === undefined || instance.gpuInstanceId !== step.data.gpuInstanceId)
    return undefined;
  return instance.computeInstanceIds.length === 0 ? { gpu, instance } : undefined;
}

/** Finishes what was begun: nobody can compute in such an instance, and whoever ordered it may not ask again. Pure. */
export function planCutShort(input: PlanInput, cards: readonly GpuActual[]): readonly Step[] {
  const steps = input.intents.flatMap((intent) => {
    const left = leftBare(intent, input.world);
    if (left === undefined || !cards.includes(left.gpu)) return [];
    if (authorityRefusal(left.gpu, 'cut') !== null) return [];
    return [destroyStep(left.gpu.uuid, left.instance)];
  });
  // Two tries of one destroy leave two intents.
  return [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()];
}
