import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { SliceShape } from '../../shared/domain/slice.ts';
import type { GpuActual, SliceBinding } from '../observe/world.ts';
import { authorityRefusal, bindingsOn, type PlanInput } from './plan-input.ts';
import type { Step } from './steps.ts';

/** What one client process may use. */
export interface ClientLimits {
  readonly smPercent: number;
  readonly memoryMib: number;
}

/** The limits bind each client process, so that a slice's share is divided among them. */
export function clientLimits(
  { smPercent, memoryMib }: Extract<SliceShape, { kind: 'mps' }>,
  processes: number,
): ClientLimits {
  const share = (whole: number): number => Math.max(1, Math.floor(whole / Math.max(1, processes)));
  return { smPercent: share(smPercent), memoryMib: share(memoryMib) };
}

/**
 * Bounds what a client may use that asks for nothing: by the largest share that a replica on the card was promised,
 * because the daemon's limit clamps those who do ask. Pure. A replica starts only after this: a limit
 * that is raised later does not reach clients that are connected already.
 */
export function planMpsDefaults(input: PlanInput, gpus: readonly GpuUuid[]): readonly Step[] {
  return input.world.gpus
    .filter((gpu) => gpus.includes(gpu.uuid))
    .flatMap((gpu): readonly Step[] => {
      const wanted = largestShare(input, gpu);
      if (wanted === null || isTold(input, gpu, wanted)) return [];
      if (gpu.mps.state !== 'answering' || gpu.blind !== null) return [];
      if (authorityRefusal(gpu, 'place') !== null) return [];
      return [{ kind: 'setMpsDefaults', gpu: gpu.uuid, ...wanted }];
    });
}

/** Each limit by itself: the one with most SMs need not be the one with most memory. null: nobody is to be bounded. */
function largestShare(input: PlanInput, gpu: GpuActual): ClientLimits | null {
  const shares = bindingsOn(input, gpu.uuid).flatMap((binding) => sharesOf(input, binding));
  if (shares.length === 0) return null;
  return {
    smPercent: Math.max(...shares.map((each) => each.smPercent)),
    memoryMib: Math.max(...shares.map((each) => each.memoryMib)),
  };
}

/** Of those that are to run on a slice, and of those that were started on it and may run still. */
function sharesOf(
  { wanted, records, allocations }: PlanInput,
  { slice: { id, shape } }: SliceBinding,
): readonly ClientLimits[] {
  if (shape.kind !== 'mps') return [];
  const holders = [
    ...wanted.map((each) => each.target).filter((target) => target.slices.includes(id)),
    ...records
      .filter((each) => each.slices.some((held) => held.id === id))
      .map((each) => each.target),
    ...allocations.map((each) => each.target).filter((target) => target.slices.includes(id)),
  ];
  return holders.map((each) => clientLimits(shape, each.processes));
}

function isTold({ mpsDefaults }: PlanInput, gpu: GpuActual, wanted: ClientLimits): boolean {
  const told = mpsDefaults.find((each) => each.gpu === gpu.uuid);
  return (
    told !== undefined &&
    told.incarnation === gpu.mps.incarnation &&
    told.smPercent === wanted.smPercent &&
    told.memoryMib === wanted.memoryMib
  );
}

/** Whether the daemon lets one client use so much: a client that connects before keeps what it was allowed then. */
export function isToldEnough(
  { mpsDefaults, world }: PlanInput,
  uuid: GpuUuid,
  wanted: ClientLimits,
): boolean {
  const told = mpsDefaults.find((each) => each.gpu === uuid);
  const incarnation = world.gpus.find((each) => each.uuid === uuid)?.mps.incarnation ?? null;
  return (
    told !== undefined &&
    told.incarnation === incarnation &&
    told.smPercent >= wanted.smPercent &&
    told.memoryMib >= wanted.memoryMib
  );
}
