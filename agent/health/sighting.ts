import type { GpuUuid } from '../../shared/domain/ids.ts';
import { normalPciAddress, type KernelEvent } from '../formats/kernel/kernel-line.ts';
import type { GpuActual, World } from '../observe/world.ts';
import type { Victim } from '../store/health-records.ts';
import type { CardSighting, XidSighting } from './incidents.ts';
import { wishOf, wishOfCode } from './readings.ts';

/** What happened to a card, whoever tells of it. */
export interface CardEvent {
  readonly code: number;
  readonly pid: number | null;
  readonly process: string | null;
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
  readonly line: string;
  readonly atMs: number;
  readonly injected: boolean;
  readonly fatal: boolean | null;
  readonly wish: XidSighting['wish'];
}

/** NVML's name for "the whole card" where an instance id stands. */
export const wholeCardInstance = 0xffffffff;
/** The code that stands for a card which is gone, when the driver gives none. */
const fallenOffBus = 79;

/** Pure: the card that a kernel event names, and what it says; null: it names none, or is about a switch. */
export function cardEventOf(
  event: KernelEvent,
  told: { readonly line: string; readonly atMs: number },
): { readonly pciAddress: string; readonly event: CardEvent } | null {
  if (event.kind === 'sxid' || event.pciBusId === null) return null;
  const common = { ...told, injected: false } as const;
  if (event.kind === 'fallen-off-bus') {
    const nobody = { pid: null, process: null, gpuInstanceId: null, computeInstanceId: null };
    const gone = { ...common, ...nobody, code: fallenOffBus, fatal: null, wish: null };
    return { pciAddress: event.pciBusId, event: gone };
  }
  const { code, pid, process, gpuInstanceId, computeInstanceId, nvlink5, recovery } = event;
  const wish = recovery === null ? null : (wishOfCode(recovery.toCode) ?? wishOf(recovery.to));
  const who = { pid, process, gpuInstanceId, computeInstanceId };
  const fatal = nvlink5?.fatal ?? null;
  return { pciAddress: event.pciBusId, event: { ...common, ...who, code, fatal, wish } };
}

/** Pure: the card at a PCI address as the kernel writes it. */
export function cardAt(world: World, pciAddress: string): GpuActual | undefined {
  return world.gpus.find((gpu) => normalPciAddress(gpu.inventory.pciBusId) === pciAddress);
}

/** Pure: an event with whom it hit, by the last look at the node. */
export function sightingOf(world: World, gpu: GpuActual, event: CardEvent): CardSighting {
  const { pid, process, gpuInstanceId, computeInstanceId, ...rest } = event;
  const gi = gpuInstanceId === wholeCardInstance ? null : gpuInstanceId;
  const instance = gpu.inventory.instances.find((each) => each.gpuInstanceId === gi);
  const deviceUuid = instance?.uuid ?? null;
  const sighting: XidSighting = {
    ...rest,
    gpuInstanceId: gi,
    computeInstanceId: computeInstanceId === wholeCardInstance ? null : computeInstanceId,
    deviceUuid,
    victim: victimOf(world, gpu.uuid, { pid, process, gpuInstanceId: gi, deviceUuid }),
  };
  return { gpu: gpu.uuid, sighting };
}

/** Whom the driver names by its process, else whoever holds the slice alone; null: nobody can be told from others. */
function victimOf(
  world: World,
  gpu: GpuUuid,
  hit: {
    readonly pid: number | null;
    readonly process: string | null;
    readonly gpuInstanceId: number | null;
    readonly deviceUuid: string | null;
  },
): Omit<Victim, 'atMs'> | null {
  const { pid, process, gpuInstanceId, deviceUuid } = hit;
  const byPid = pid === null ? undefined : world.running.find((each) => each.pids.includes(pid));
  if (byPid !== undefined) return { job: `models/${byPid.model}`, who: byPid.replica };
  const device = gpuInstanceId === null ? gpu : deviceUuid;
  const holders = world.running.filter(
    (each) => each.state === 'running' && device !== null && each.deviceUuids.includes(device),
  );
  const [only, other] = holders;
  if (only !== undefined && other === undefined && (pid === null || gpuInstanceId !== null)) {
    return { job: `models/${only.model}`, who: only.replica };
  }
  return pid === null ? null : { job: process ?? `pid ${pid}`, who: `pid ${pid}` };
}
