import { assert } from '../../shared/domain/assert.ts';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import { changedShape, type ShapeChange } from '../observe/layout.ts';
import { journaled, note, type HandlerDeps } from './handler-deps.ts';
import type { CardHandles } from './core-deps.ts';
import type { Handlers } from './steps.ts';

type MigHandlers = Pick<Handlers, 'setMigMode' | 'createMigInstance' | 'destroyMigInstance'>;

/** The handlers that change a card. */
export function cardHandlers(deps: HandlerDeps): MigHandlers {
  return migHandlers(deps);
}

function migHandlers(deps: HandlerDeps): MigHandlers {
  const holdOff = createHoldOff(deps.cardHold);
  const layoutChange = async <T>(
    gpu: GpuUuid,
    change: ShapeChange,
    work: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> => holdOff(() => expecting(deps, { gpu, change }, work), signal);
  return {
    setMigMode: async (step, signal) => {
      const { gpu, enabled } = step;
      const mode = await layoutChange(
        gpu,
        { kind: 'mig-mode', enabled },
        () => journaled(deps, step, () => smiOf(deps).setMigMode(gpu, enabled, signal)),
        signal,
      );
      const word = `MIG ${enabled ? 'on' : 'off'}`;
      if (mode === 'pending') {
        // Nothing that was planned after it can be done now.
        throw new AppError('GPU_REFUSED', `${word} takes effect at the next reset or reboot`, {
          hint: 'drain the card and reset it, or reboot the host',
        });
      }
      // What is recorded for a reboot was of the other mode.
      deps.store.removeRecordedLayout(gpu);
      note(deps, 'mig-mode', `gpus/${gpu}`, word);
      return 'done';
    },
    createMigInstance: async (step, signal) => {
      const { gpu, giProfileId, start } = step;
      const placement = { giProfileId, start };
      await layoutChange(
        gpu,
        { kind: 'add', instance: placement },
        () => journaled(deps, step, () => smiOf(deps).createMigInstance(gpu, placement, signal)),
        signal,
      );
      note(deps, 'instance-created', `gpus/${gpu}`, `${step.profile} at ${start}`);
      return 'done';
    },
    destroyMigInstance: async (step, signal) => {
      const { gpu, giProfileId, start } = step;
      await layoutChange(
        gpu,
        { kind: 'remove', instance: { giProfileId, start } },
        () => journaled(deps, step, () => smiOf(deps).destroyMigInstance(gpu, step, signal)),
        signal,
      );
      note(deps, 'instance-destroyed', `gpus/${gpu}`, `${step.profile} at ${start}`);
      return 'done';
    },
  };
}

/** Writes down what the layout will be, so that the next look tells our own change from a stranger's. */
async function expecting<T>(
  { store }: HandlerDeps,
  { gpu, change }: { readonly gpu: GpuUuid; readonly change: ShapeChange },
  work: () => Promise<T>,
): Promise<T> {
  const before = store.layouts().find((each) => each.gpu === gpu);
  if (before === undefined) return work();
  store.saveLayout({ ...before, shapeExpected: changedShape(before.shapeExpected, change) });
  return work();
}

type HoldOff = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** The sampler lets go of the cards while any step changes one, and takes them back after the last. */
function createHoldOff(hold: CardHandles | null): HoldOff {
  let users = 0;
  let released: Promise<void> = Promise.resolve();
  return async (work, signal) => {
    if (hold === null) return work();
    users += 1;
    if (users === 1) released = hold.release(signal);
    try {
      await released;
      return await work();
    } finally {
      users -= 1;
      if (users === 0) hold.resume();
    }
  };
}

function smiOf(deps: HandlerDeps): NvidiaSmi {
  assert(deps.nvidiaSmi !== null, 'a plan changes cards only where there is a tool for it');
  return deps.nvidiaSmi;
}
