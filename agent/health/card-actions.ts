import type { GpuUuid } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { MpsControl } from '../drivers/mps/mps-control.ts';
import type { GpuReset } from '../drivers/nvidia-smi/reset-gpu.ts';
import { changedShape } from '../observe/layout.ts';
import type { GpuActual } from '../observe/world.ts';
import type { CardHandles } from '../reconcile/core-deps.ts';
import type { AgentStore } from '../store/agent-store.ts';

/** What a recovery does to a card. Both may be done again after a crash. */
export interface CardActions {
  /** Everything of ours lets go of the card first. Throws as `GpuReset`. */
  resetCard(gpu: GpuActual, signal: AbortSignal): Promise<void>;
  /** Makes again what the reset has taken. */
  restoreLayout(gpu: GpuActual, signal: AbortSignal): Promise<void>;
}

export interface CardActionDeps {
  readonly store: Pick<AgentStore, 'layouts' | 'saveLayout'>;
  /** null: this host has no tool that resets cards. */
  readonly nvidiaSmi: GpuReset | null;
  readonly mps: MpsControl | null;
  readonly cardHandles: CardHandles | null;
  readonly restoreLayout: (gpu: GpuUuid, signal: AbortSignal) => Promise<void>;
}

export function createCardActions(deps: CardActionDeps): CardActions {
  const { nvidiaSmi, mps, cardHandles } = deps;
  return {
    resetCard: async (gpu, signal) => {
      if (nvidiaSmi === null) {
        throw new AppError('GPU_REFUSED', `cannot reset ${gpu.uuid}`, {
          hint: 'this agent is configured without nvidia-smi',
        });
      }
      // Without clients a daemon only holds the card; the loop starts it again where it is wanted.
      if (gpu.mps.owned && gpu.mps.state !== 'silent') await mps?.stop(gpu.uuid, signal);
      await cardHandles?.release(signal);
      try {
        expectEmpty(deps.store, gpu);
        await nvidiaSmi.resetGpu(gpu.uuid, signal);
      } finally {
        cardHandles?.resume();
      }
    },
    restoreLayout: (gpu, signal) => deps.restoreLayout(gpu.uuid, signal),
  };
}

/** Instances do not outlive a reset: that they are gone then is our own doing, and no drift. */
function expectEmpty(store: CardActionDeps['store'], gpu: GpuActual): void {
  const before = store.layouts().find((each) => each.gpu === gpu.uuid);
  if (before === undefined || gpu.inventory.instances.length === 0) return;
  const shapeExpected = gpu.inventory.instances.reduce(
    (shape, instance) => changedShape(shape, { kind: 'remove', instance }),
    before.shapeExpected,
  );
  store.saveLayout({ ...before, shapeExpected });
}
