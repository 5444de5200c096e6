import type { Change, PlanStep } from '../../shared/domain/change.ts';
import { parseGpuUuid, type GpuUuid, type NodeName } from '../../shared/domain/ids.ts';
import type { InstanceTombstone } from '../../shared/domain/node-target.ts';

/** An idle instance that others made and that a plan destroys. */
export interface Recut {
  readonly node: NodeName;
  readonly gpu: GpuUuid;
  readonly shape: string;
  readonly stone: InstanceTombstone;
}

/** What a step destroys of others; null: it is no such step. */
export function recutOf(step: PlanStep): Recut | null {
  if (step.kind !== 'destroy-slice' || step.slice !== null) return null;
  const { node, placement, seen, shape } = step;
  const gpu = parseGpuUuid(step.gpu);
  // A plan that does not say which instance it saw destroys none.
  if (placement === null || seen === null || !gpu.ok) return null;
  const { giProfileId, start } = placement;
  const stone = { kind: 'instance', gpu: gpu.value, giProfileId, start, ...seen } as const;
  return { node, gpu: gpu.value, shape, stone };
}

/** What the changes that run destroy of others in their present stages or, with `ahead`, from these on. */
export function recutsOf(changes: readonly Change[], reach: 'now' | 'ahead'): readonly Recut[] {
  return changes
    .filter((change) => change.exact && change.state === 'running')
    .flatMap(({ plan, stage }) =>
      plan.stages
        .slice(stage, reach === 'now' ? stage + 1 : undefined)
        .flatMap(({ steps }) => steps.flatMap((step) => recutOf(step) ?? [])),
    );
}
