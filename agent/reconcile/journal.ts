import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { Intent, SliceBinding, World } from '../observe/world.ts';
import { leftBare } from './cut-short.ts';
import { instanceAt } from './mig-plan.ts';

/**
 * Pure: the intents whose outcome is known by now. A create stays open until its slice is bound, because until
 * then only the intent says that the instance is ours, and a destroy until nothing half-way is left of it; every
 * other step is simply planned again from what is seen.
 */
export function settledIntents(
  intents: readonly Intent[],
  state: {
    readonly world: World;
    readonly bindings: readonly SliceBinding[];
    readonly busyGpus: ReadonlySet<GpuUuid>;
    /** Intents that a step of this process is working on. */
    readonly live: ReadonlySet<number>;
  },
): readonly Intent[] {
  const { world, bindings, busyGpus, live } = state;
  return intents.filter((intent) => {
    if (live.has(intent.id)) return false;
    // Nothing that a step made survives another boot, except what is on disk and seen anew.
    if (intent.bootId !== world.bootId) return true;
    if (intent.kind === 'destroyMigInstance') return isOver(intent, intents, state);
    if (intent.kind !== 'createMigInstance') return true;
    const { slice } = intent;
    if (slice === null || slice.shape.kind !== 'mig') return true;
    if (busyGpus.has(slice.gpu)) return false;
    const bound = bindings.some(
      (each) => each.slice.id === slice.id && each.bootId === world.bootId,
    );
    if (bound) return true;
    const gpu = world.gpus.find((each) => each.uuid === slice.gpu);
    // Gone with its card, or never made; a card that cannot be read keeps its intents.
    if (gpu === undefined) return world.cardsBlind === null;
    return gpu.blind === null && instanceAt(gpu, slice.shape) === undefined;
  });
}

/** Whether a destroy is done, or has not begun: what it leaves half-way is finished first, by its last try. */
function isOver(
  intent: Intent,
  intents: readonly Intent[],
  { world, busyGpus }: { readonly world: World; readonly busyGpus: ReadonlySet<GpuUuid> },
): boolean {
  if (intent.gpu !== null && busyGpus.has(intent.gpu)) return false;
  const gpu = world.gpus.find((each) => each.uuid === intent.gpu);
  // Gone with its card; a card that cannot be read keeps its intents.
  if (gpu === undefined) return world.cardsBlind === null;
  if (gpu.blind !== null) return false;
  const left = leftBare(intent, world);
  if (left === undefined) return true;
  return intents.some(
    (later) => later.id > intent.id && leftBare(later, world)?.instance === left.instance,
  );
}
