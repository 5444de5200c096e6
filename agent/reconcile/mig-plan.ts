import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { MigInstance } from '../../shared/domain/inventory.ts';
import { placementRefusal, type MigPlacement } from '../../shared/domain/mig-profile.ts';
import type { Slice, SliceShape } from '../../shared/domain/slice.ts';
import type { GpuActual } from '../observe/world.ts';
import {
  authorityRefusal,
  bindingOf,
  bindingsOn,
  holderOf,
  runningOn,
  type PlanInput,
  type SliceTombstone,
} from './plan-input.ts';
import { wait, type Step } from './steps.ts';

export type MigShape = Extract<SliceShape, { kind: 'mig' }>;

/** Brings the wanted MIG slices of one card into being. Pure. */
export function planMigSlices(
  input: PlanInput,
  gpu: GpuActual,
  slices: readonly Slice[],
): readonly Step[] {
  if (slices.length === 0) return [];
  if (gpu.inventory.migEnabled !== true) {
    const mode = planMigMode(input, gpu, true);
    // A card that has just turned MIG on is empty; where it only takes effect later the unit stops there.
    const known = gpu.inventory.geometry !== null && mode.every((step) => step.kind !== 'wait');
    return known ? [...mode, ...planMigSlices(input, withMigOn(gpu), slices)] : mode;
  }
  const layout: MigPlacement[] = [...gpu.inventory.instances];
  return slices.flatMap((slice) => {
    const { shape } = slice;
    if (shape.kind !== 'mig') return [];
    const steps = planMigSlice(input, gpu, { slice, shape, layout });
    // What this round creates occupies its place for the slices after it.
    if (steps.some((step) => step.kind === 'createMigInstance')) layout.push(shape);
    return steps;
  });
}

function withMigOn(gpu: GpuActual): GpuActual {
  return { ...gpu, inventory: { ...gpu.inventory, migEnabled: true, instances: [] } };
}

interface MigWish {
  readonly slice: Slice;
  readonly shape: MigShape;
  readonly layout: readonly MigPlacement[];
}

function planMigSlice(input: PlanInput, gpu: GpuActual, wish: MigWish): readonly Step[] {
  const { slice, shape } = wish;
  const subject = { gpu: gpu.uuid, slice: slice.id };
  const name = `${shape.profile} at ${shape.start}`;
  const binding = bindingOf(input, slice.id);
  const instance = instanceAt(gpu, shape);
  if (binding !== undefined) {
    if (binding.slice.incarnation !== slice.incarnation) {
      return [
        wait('older-incarnation', `an older incarnation of ${slice.id} is still here`, subject),
      ];
    }
    if (instance !== undefined && instance.uuid !== null) return [];
    // Made in this boot and gone: shown, and made again only on request, whoever took it away.
    const why = input.slicesCutAway.has(slice.id)
      ? `${name} was destroyed by agentctl mig apply; apply a layout that has it`
      : `${name} was destroyed by somebody else; agentctl mig apply makes it again`;
    return [wait('drift', why, subject)];
  }
  if (instance !== undefined) return planTake(input, gpu, { ...wish, instance });
  const refused = authorityRefusal(gpu, 'cut');
  if (refused !== null) return [wait('authority', `${name} does not exist: ${refused}`, subject)];
  const { geometry } = gpu.inventory;
  const illegal =
    geometry === null
      ? `nothing tells how ${gpu.inventory.productName} can be cut`
      : placementRefusal(geometry, wish.layout, shape);
  if (illegal !== null) return [wait('placement-occupied', illegal, subject)];
  const { giProfileId, profile, start } = shape;
  return [{ kind: 'createMigInstance', gpu: gpu.uuid, slice, giProfileId, profile, start }];
}

/** An instance stands at the wanted place and no slice of this boot is bound to it. */
function planTake(
  input: PlanInput,
  gpu: GpuActual,
  { slice, shape, instance }: MigWish & { readonly instance: MigInstance },
): readonly Step[] {
  const subject = { gpu: gpu.uuid, slice: slice.id };
  const name = `${shape.profile} at ${shape.start}`;
  if (instance.slice !== null) {
    return [wait('placement-occupied', `${name} is slice ${instance.slice}`, subject)];
  }
  const made = isMadeByUs(input, slice, shape);
  if (instance.uuid === null) {
    // A crash between the two halves of a create: ours to undo. Anybody else's is left alone.
    if (made) return [destroyStep(gpu.uuid, instance)];
    return [wait('instance-incomplete', `${name} has no compute instance`, subject)];
  }
  if (!made && gpu.foreignProcesses.length > 0) {
    const pids = gpu.foreignProcesses.map((each) => each.pid).join(', ');
    return [
      wait('foreign-processes', `${name} is not ours, and may be used by process ${pids}`, subject),
    ];
  }
  return [
    {
      kind: 'bindSlice',
      slice,
      gpuInstanceId: instance.gpuInstanceId,
      deviceUuid: instance.uuid,
      adopted: !made,
    },
  ];
}

/** Takes away what one tombstone names. Adopted instances stay: we did not make them. */
export function planMigGone(
  input: PlanInput,
  gpu: GpuActual,
  gone: SliceTombstone,
): readonly Step[] {
  const forget: Step = {
    kind: 'forgetSlice',
    slice: gone.slice,
    incarnation: gone.incarnation,
    gpu: gone.gpu,
  };
  const binding = bindingOf(input, gone.slice);
  // It has been made anew since: the tombstone is of an incarnation that is gone already.
  if (binding !== undefined && binding.slice.incarnation > gone.incarnation) return [forget];
  const slice = binding?.slice ?? intendedSlice(input, gone);
  if (slice === undefined || slice.shape.kind !== 'mig') return [forget];
  const instance = instanceAt(gpu, slice.shape);
  if (instance === undefined || binding?.adopted === true) return [forget];
  // Not bound yet: only a create of ours that was cut short may be undone.
  if (binding === undefined && instance.slice !== null) return [forget];
  const subject = { gpu: gpu.uuid, slice: gone.slice };
  const holder = holderOf(input, gone.slice, instance.uuid);
  if (holder !== undefined) {
    return [wait('slice-in-use', `replica ${holder} still runs on ${gone.slice}`, subject)];
  }
  const refused = authorityRefusal(gpu, 'cut');
  if (refused !== null) return [wait('authority', `${gone.slice} stays: ${refused}`, subject)];
  return [destroyStep(gpu.uuid, instance)];
}

/** Turns MIG on or off, once nothing at all is on the card. */
export function planMigMode(input: PlanInput, gpu: GpuActual, enabled: boolean): readonly Step[] {
  const subject = { gpu: gpu.uuid };
  const word = `MIG ${enabled ? 'on' : 'off'}`;
  if (gpu.inventory.migEnabled === null) {
    return [wait('mig-unsupported', `${gpu.inventory.productName} has no MIG`, subject)];
  }
  if (gpu.migPending === enabled) {
    return [wait('mig-mode-pending', `${word} takes effect at the next reset or reboot`, subject)];
  }
  const refused = authorityRefusal(gpu, 'cut');
  if (refused !== null) return [wait('authority', `${word} is needed: ${refused}`, subject)];
  const foreign = gpu.foreignProcesses[0];
  if (foreign !== undefined) {
    const detail = `${word} must wait for process ${foreign.pid} (${foreign.name})`;
    return [wait('foreign-processes', detail, subject)];
  }
  const replica = runningOn(input, gpu);
  const held = bindingsOn(input, gpu.uuid)[0];
  const instance = gpu.inventory.instances[0];
  const user =
    replica !== undefined
      ? `replica ${replica}`
      : held !== undefined
        ? `slice ${held.slice.id}`
        : instance !== undefined
          ? `instance ${instance.profile} at ${instance.start}`
          : gpu.mps.state === 'answering'
            ? 'the MPS daemon'
            : null;
  if (user !== null) return [wait('card-in-use', `${word} must wait for ${user}`, subject)];
  return [{ kind: 'setMigMode', gpu: gpu.uuid, enabled }];
}

export function instanceAt(
  gpu: GpuActual,
  { giProfileId, start }: MigPlacement,
): MigInstance | undefined {
  return gpu.inventory.instances.find(
    (each) => each.giProfileId === giProfileId && each.start === start,
  );
}

/** A create of this boot that we have written down and not yet bound. */
function isMadeByUs(input: PlanInput, slice: Slice, shape: MigShape): boolean {
  return createIntents(input).some(
    (made) =>
      made.id === slice.id &&
      made.incarnation === slice.incarnation &&
      made.gpu === slice.gpu &&
      made.shape.kind === 'mig' &&
      made.shape.giProfileId === shape.giProfileId &&
      made.shape.start === shape.start,
  );
}

function intendedSlice(input: PlanInput, gone: SliceTombstone): Slice | undefined {
  return createIntents(input).find(
    (made) =>
      made.id === gone.slice && made.gpu === gone.gpu && made.incarnation <= gone.incarnation,
  );
}

function createIntents(input: PlanInput): readonly Slice[] {
  return input.intents.flatMap((intent) =>
    intent.kind === 'createMigInstance' &&
    intent.bootId === input.world.bootId &&
    intent.slice !== null
      ? [intent.slice]
      : [],
  );
}

export function destroyStep(gpu: GpuUuid, instance: MigInstance): Step {
  const { giProfileId, profile, start, gpuInstanceId, computeInstanceIds } = instance;
  return {
    kind: 'destroyMigInstance',
    gpu,
    giProfileId,
    profile,
    start,
    gpuInstanceId,
    computeInstanceIds,
  };
}
