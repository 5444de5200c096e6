import type { MigInstance } from '../../shared/domain/inventory.ts';
import type { InstanceTombstone } from '../../shared/domain/node-target.ts';
import { isSamePlacement } from '../../shared/domain/mig-layout.ts';
import { placementMask } from '../../shared/domain/mig-profile.ts';
import type { GpuActual } from '../observe/world.ts';
import { layoutRefusal } from '../target/ledger.ts';
import { destroyStep, instanceAt } from './mig-plan.ts';
import { authorityRefusal, bindingsOn, type PlanInput } from './plan-input.ts';
import { wait, type Step } from './steps.ts';

/**
 * Takes away an instance that we did not make, because a plan said so. Pure. Only while it is the very instance that
 * the plan saw and nothing uses it, or is about to; else it stays, and the card says why.
 */
export function planInstanceGone(input: PlanInput, gone: InstanceTombstone): readonly Step[] {
  const gpu = input.world.gpus.find((each) => each.uuid === gone.gpu);
  const subject = { gpu: gone.gpu };
  if (gpu === undefined) {
    const { cardsBlind } = input.world;
    if (cardsBlind !== null) return [wait('card-unreadable', cardsBlind, subject)];
    return [wait('card-missing', `this node does not see ${gone.gpu}`, subject)];
  }
  if (gpu.blind !== null) return [wait('card-unreadable', gpu.blind, subject)];
  const instance = instanceAt(gpu, gone);
  if (instance === undefined) return [{ kind: 'forgetInstance', gpu: gone.gpu, gone }];
  const why = whyKept(input, { gpu, gone, instance });
  if (why === null) return [destroyStep(gpu.uuid, instance)];
  return [wait('instance-kept', `${instance.profile} at ${instance.start} stays: ${why}`, subject)];
}

interface Found {
  readonly gpu: GpuActual;
  readonly gone: InstanceTombstone;
  readonly instance: MigInstance;
}

/** Who may need it, or why it is another one; null: nobody does, and it is the one. */
function whyKept(input: PlanInput, found: Found): string | null {
  const { gpu, gone, instance } = found;
  if (instance.gpuInstanceId !== gone.gpuInstanceId) {
    return `it is GPU instance ${instance.gpuInstanceId}, and the plan saw ${gone.gpuInstanceId}`;
  }
  const layout = input.world.layouts.find((each) => each.gpu === gpu.uuid);
  return (
    authorityRefusal(gpu, 'cut') ??
    layoutRefusal(gone, layout) ??
    sliceOn(input, found) ??
    userOf(input, found) ??
    operatorOf(input, found)
  );
}

/** A slice of ours that is there, is being made there, or is to be made there. */
function sliceOn(input: PlanInput, { gpu, instance }: Found): string | null {
  if (instance.slice !== null) return `it is slice ${instance.slice}`;
  const units = placementMask(instance.start, instance.size);
  const intended = input.intents.flatMap(({ slice }) => slice ?? []);
  const wanted = input.gpuTargets.flatMap((target) => target.slices);
  const held = bindingsOn(input, gpu.uuid).map((each) => each.slice);
  const slice = [...held, ...intended, ...wanted].find(
    ({ gpu: on, shape }) =>
      on === gpu.uuid &&
      shape.kind === 'mig' &&
      (placementMask(shape.start, shape.size) & units) !== 0,
  );
  return slice === undefined ? null : `slice ${slice.id} has its place there`;
}

/** Whatever computes on the card, because a process does not say in which instance. */
function userOf({ world, records }: PlanInput, { gpu, instance }: Found): string | null {
  const [stranger] = gpu.foreignProcesses;
  if (stranger !== undefined) return `process ${stranger.pid} (${stranger.name}) may use it`;
  if (gpu.inventory.memoryForeignMib > 0) {
    return `${gpu.inventory.memoryForeignMib}MiB of the card are used by others`;
  }
  const user = world.running.find(
    ({ state, deviceUuids }) =>
      state === 'running' &&
      deviceUuids.some((device) => device === gpu.uuid || device === instance.uuid),
  );
  if (user !== undefined) return `replica ${user.replica} was handed it`;
  for (const [runtime, blind] of world.runtimesBlind) {
    const ours = world.runtimesMet.has(runtime) || records.some((each) => each.runtime === runtime);
    if (blind !== null && ours) return `nobody can tell who uses it: ${blind}`;
  }
  return null;
}

/** What somebody asked for at the node itself would be made again, or is being made. */
function operatorOf(input: PlanInput, { gpu, instance }: Found): string | null {
  if (input.layoutsChanging.has(gpu.uuid)) return 'agentctl mig apply is at work on the card';
  const asked = input.layoutsRecorded
    .filter((layout) => layout.gpu === gpu.uuid)
    .some(({ shape }) => shape.instances.some((each) => isSamePlacement(each, instance)));
  return asked ? 'agentctl mig apply asked for it; apply a layout without it first' : null;
}
