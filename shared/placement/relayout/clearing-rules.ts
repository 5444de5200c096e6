import { isCardNamed } from '../../domain/card.ts';
import type { Claim } from '../../domain/claim.ts';
import type { GpuUuid } from '../../domain/ids.ts';
import type { GpuInventory } from '../../domain/inventory.ts';
import type { GpuNeed } from '../../domain/model.ts';

/** What decides who may have to go. */
export interface ClearingRules {
  readonly need: GpuNeed;
  /** What the request takes of a node beside cards. */
  readonly host: Pick<Claim, 'cpuMillis' | 'memoryMib'>;
  readonly mayGo: (claim: Claim) => boolean;
  readonly recutIdle: boolean;
  /** Cards that are kept as they are. */
  readonly locked: ReadonlySet<GpuUuid>;
}

/** Whether a card may serve a need at all, once it is clear. */
export function mayServe(gpu: GpuInventory, { need, locked }: ClearingRules): boolean {
  return (
    gpu.health.state !== 'failed' &&
    gpu.authority !== 'observe' &&
    !locked.has(gpu.uuid) &&
    gpu.memoryTotalMib >= need.memoryMib &&
    (need.models.length === 0 || need.models.some((each) => isCardNamed(gpu.productName, each)))
  );
}
