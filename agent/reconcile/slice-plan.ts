import type { GpuTarget } from '../../shared/domain/node-target.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import type { GpuActual } from '../observe/world.ts';
import { allocationRefusal } from './allocation-use.ts';
import { planMigGone, planMigMode, planMigSlices } from './mig-plan.ts';
import { planMpsStart } from './mps-daemon-plan.ts';
import {
  authorityRefusal,
  bindingOf,
  bindingsOn,
  holderOf,
  type PlanInput,
  type SliceTombstone,
} from './plan-input.ts';
import { wait, type Step } from './steps.ts';

/** Brings what is in force on one card into being. Pure. An empty answer means that it is. */
export function planCard(input: PlanInput, target: GpuTarget): readonly Step[] {
  if (target.slices.length === 0) return [];
  const gpu = input.world.gpus.find((each) => each.uuid === target.gpu);
  const subject = { gpu: target.gpu };
  const { cardsBlind } = input.world;
  if (gpu === undefined && cardsBlind !== null) {
    return [wait('card-unreadable', cardsBlind, subject)];
  }
  if (gpu === undefined) {
    return [wait('card-missing', `this node does not see ${target.gpu}`, subject)];
  }
  const readable = unreadable(gpu);
  if (readable !== null) return [readable];
  const refused = authorityRefusal(gpu, 'place');
  const open = target.slices.filter((slice) => !isBound(input, slice));
  if (refused !== null) return open.length === 0 ? [] : [wait('authority', refused, subject)];
  const stray = target.slices.find((slice) => slice.shape.kind !== target.mode);
  if (stray !== undefined) {
    const detail = `${stray.id} is a ${stray.shape.kind} slice on a card that is to be ${target.mode}`;
    return [wait('mode-mismatch', detail, { ...subject, slice: stray.id })];
  }
  if (target.mode === 'mig') return planMigSlices(input, gpu, target.slices);
  if (gpu.inventory.migEnabled === true) return planMigMode(input, gpu, false);
  if (target.mode === 'mps') return planMpsSlices(input, gpu, target.slices);
  return planPlainSlices(input, gpu, open);
}

/** Takes away what one tombstone names. */
export function planSliceGone(input: PlanInput, gone: SliceTombstone): readonly Step[] {
  const forget: Step = {
    kind: 'forgetSlice',
    slice: gone.slice,
    incarnation: gone.incarnation,
    gpu: gone.gpu,
  };
  const gpu = input.world.gpus.find((each) => each.uuid === gone.gpu);
  const subject = { gpu: gone.gpu, slice: gone.slice };
  if (gpu === undefined) {
    // The tool answers and the card is not there: its slices went with it.
    if (input.world.cardsBlind === null) return [forget];
    return [wait('card-unreadable', input.world.cardsBlind, subject)];
  }
  const readable = unreadable(gpu);
  if (readable !== null) return [readable];
  const refused = authorityRefusal(gpu, 'place');
  if (refused !== null) return [wait('authority', `${gone.slice} stays: ${refused}`, subject)];
  const used = allocationRefusal(input, gone.slice);
  if (used !== null) return [wait('slice-in-use', used, subject)];
  const shape = bindingOf(input, gone.slice)?.slice.shape;
  if (shape === undefined || shape.kind === 'mig') return planMigGone(input, gpu, gone);
  const holder = holderOf(input, gone.slice, null);
  if (holder === undefined) return [forget];
  return [wait('slice-in-use', `replica ${holder} still runs on ${gone.slice}`, subject)];
}

function planMpsSlices(
  input: PlanInput,
  gpu: GpuActual,
  slices: readonly Slice[],
): readonly Step[] {
  const subject = { gpu: gpu.uuid };
  if (!input.mpsPipes.has(gpu.uuid)) {
    return [wait('mps-unavailable', 'this node is not configured for MPS', subject)];
  }
  const open = slices.filter((slice) => !isBound(input, slice));
  const steps = planPlainSlices(input, gpu, open);
  if (gpu.mps.state === 'answering') return steps;
  if (gpu.mps.state === 'blind') {
    return [wait('mps-unavailable', `the MPS daemon of ${gpu.uuid} cannot be asked`, subject)];
  }
  // The daemon first, and only where something of it will be used.
  const useful = open.length < slices.length || steps.some((step) => step.kind === 'bindSlice');
  if (!useful) return steps;
  const start = planMpsStart(input, gpu);
  // A share of a card whose daemon cannot start is none yet.
  return start.some((step) => step.kind === 'wait') ? start : [...start, ...steps];
}

/** Slices that the driver knows nothing of: the card itself, or a share of it. */
function planPlainSlices(
  input: PlanInput,
  gpu: GpuActual,
  open: readonly Slice[],
): readonly Step[] {
  const held = bindingsOn(input, gpu.uuid).map((each) => each.slice);
  const taken: Slice[] = [...held];
  return open.map((slice) => {
    const obstacle = plainObstacle(gpu, slice, taken);
    if (obstacle !== null) return obstacle;
    taken.push(slice);
    return { kind: 'bindSlice', slice, gpuInstanceId: null, deviceUuid: gpu.uuid, adopted: false };
  });
}

function plainObstacle(gpu: GpuActual, slice: Slice, taken: readonly Slice[]): Step | null {
  const subject = { gpu: gpu.uuid, slice: slice.id };
  const older = taken.find((each) => each.id === slice.id);
  if (older !== undefined) {
    return wait('older-incarnation', `an older incarnation of ${slice.id} is still here`, subject);
  }
  const other = taken.find(
    (each) => each.shape.kind !== slice.shape.kind || each.shape.kind === 'whole',
  );
  if (other !== undefined) {
    return wait(
      'card-in-use',
      `the card is used by ${other.shape.kind} slice ${other.id}`,
      subject,
    );
  }
  const foreign = gpu.foreignProcesses[0];
  if (slice.shape.kind === 'whole') {
    if (foreign === undefined) return null;
    const who = `process ${foreign.pid} (${foreign.name})`;
    return wait('foreign-processes', `the whole card is needed and ${who} uses it`, subject);
  }
  const promised = taken.reduce((sum, each) => sum + each.shape.memoryMib, 0);
  const { memoryTotalMib, memoryForeignMib } = gpu.inventory;
  const freeMib = memoryTotalMib - memoryForeignMib - promised;
  if (slice.shape.memoryMib <= freeMib) return null;
  const detail = `${slice.id} needs ${slice.shape.memoryMib}MiB and ${freeMib}MiB are free: ${promised}MiB are promised, foreign processes hold ${memoryForeignMib}MiB`;
  return wait(foreign === undefined ? 'memory' : 'foreign-processes', detail, subject);
}

function isBound(input: PlanInput, slice: Slice): boolean {
  return bindingOf(input, slice.id)?.slice.incarnation === slice.incarnation;
}

function unreadable(gpu: GpuActual): Step | null {
  return gpu.blind === null ? null : wait('card-unreadable', gpu.blind, { gpu: gpu.uuid });
}
