import { isSameHolder } from '../attribution/holder.ts';
import { unusableMib } from '../attribution/unusable.ts';
import {
  holderOf,
  type CardReading,
  type Owner,
  type ProcessReading,
  type SliceReading,
} from '../attribution/readings.ts';
import type { DcgmRow } from '../drivers/dcgm/dcgmi.ts';
import type { ContainerName } from '../drivers/docker/container-name.ts';
import type { GpuRow } from '../drivers/nvidia-smi/nvidia-smi.ts';
import type { GpuRecord } from '../formats/report/report.ts';
import type { GpuInventory, MigInstance } from '../../shared/domain/inventory.ts';
import { profileById } from '../../shared/domain/mig-profile.ts';
import type { SliceRow } from '../slice-rows.ts';

/** Everything that is known of one card, of the same few seconds (the details: of the last minute or so). */
export interface CardFacts {
  readonly row: GpuRow;
  /** null: the core has not seen the card yet. */
  readonly inventory: GpuInventory | null;
  /** null: none, or stale. */
  readonly details: GpuRecord | null;
  readonly idleWatts: number | null;
  readonly slices: readonly SliceRow[];
  /** null: they could not be read. */
  readonly processes: readonly OwnedProcess[] | null;
  /** Of this card and its instances; empty: no DCGM. */
  readonly dcgm: readonly DcgmRow[];
}

export interface OwnedProcess {
  readonly pid: number;
  readonly name: string;
  readonly memoryMib: number | null;
  readonly smRatio: number | null;
  readonly owner: Owner;
  /** Of the container that it runs in, where we did not start that; null: none. */
  readonly containerId: string | null;
  /** null: it is in none, or the engine knows no name for it. */
  readonly container: ContainerName | null;
}

/** Pure: what the sharing out of one card starts from. */
export function cardReading(facts: CardFacts): CardReading {
  const { row, inventory, details } = facts;
  const slices = facts.slices.filter((slice) => slice.state !== 'absent');
  const layout = (inventory?.instances ?? []).map(({ giProfileId, start }) => ({
    giProfileId,
    start,
  }));
  const mig = row.migEnabled === true;
  return {
    memoryTotalMib: row.memoryTotalMib,
    memoryUsedMib: row.memoryUsedMib,
    memoryReservedMib: details?.memoryReservedMib ?? null,
    memoryUnusableMib: mig
      ? unusableMib(inventory?.geometry ?? null, layout, row.memoryTotalMib)
      : 0,
    powerWatts: row.powerDrawWatts,
    powerIdleWatts: facts.idleWatts,
    smRatio: mig || row.utilizationPercent === null ? null : row.utilizationPercent / 100,
    processes: facts.processes?.map((process) => processReading(process, slices)) ?? null,
    slices: slices.flatMap((slice) => sliceReading(slice, facts)),
  };
}

function processReading(process: OwnedProcess, slices: readonly SliceRow[]): ProcessReading {
  const { pid, owner, memoryMib, smRatio } = process;
  const holder = holderOf(owner);
  const mpsClient =
    holder !== null &&
    slices.some(({ shape, holder: has }) => shape?.kind === 'mps' && isSameHolder(has, holder));
  return { pid, owner, memoryMib, smRatio, mpsClient };
}

function sliceReading(row: SliceRow, facts: CardFacts): readonly SliceReading[] {
  if (row.shape === null) return [];
  const instance = instanceOf(row, facts.inventory);
  return [
    {
      slice: row.slice,
      kind: row.shape.kind,
      promisedMib: row.shape.memoryMib,
      usedMib: instance === null ? null : instanceUsedMib(instance, facts.details),
      smRatio: instance === null ? null : instanceSmRatio(instance, facts),
      holder: holderIn(row),
    },
  ];
}

function holderIn({ holder, slice, state }: SliceRow): SliceReading['holder'] {
  if (holder !== null) return holder;
  if (state === 'free') return { kind: 'nobody' };
  return { kind: slice === null || state === 'foreign' ? 'foreign' : 'nobody' };
}

/** The MIG instance behind a slice, by the slice it was made for or by what it is called today. */
export function instanceOf(
  { slice, deviceUuid, shape }: Pick<SliceRow, 'slice' | 'deviceUuid' | 'shape'>,
  inventory: GpuInventory | null,
): MigInstance | null {
  if (shape?.kind !== 'mig' || inventory === null) return null;
  const found = inventory.instances.find(
    (each) =>
      (slice !== null && each.slice === slice) ||
      (deviceUuid !== null && each.uuid === deviceUuid) ||
      (each.giProfileId === shape.giProfileId && each.start === shape.start),
  );
  return found ?? null;
}

/** Compute instances share the memory of their GPU instance: each tells the whole of it. */
export function instanceUsedMib(instance: MigInstance, details: GpuRecord | null): number | null {
  const told = (details?.migDevices ?? []).flatMap((device) =>
    device.gpuInstanceId === instance.gpuInstanceId && device.fbUsedMib !== null
      ? [device.fbUsedMib]
      : [],
  );
  return told.length === 0 ? null : Math.max(...told);
}

/** DCGM tells of an instance as if it were a card: its part of the card's SMs makes it comparable. */
function instanceSmRatio(instance: MigInstance, { dcgm, inventory }: CardFacts): number | null {
  const row = dcgm.find((each) => each.gpuInstanceId === instance.gpuInstanceId);
  const ratio = row?.smActiveRatio ?? row?.engineActiveRatio ?? null;
  const geometry = inventory?.geometry ?? null;
  if (ratio === null || geometry === null) return null;
  const profile = profileById(geometry, instance.giProfileId);
  const slicesTotal = Math.max(...geometry.profiles.map((each) => each.computeSlices));
  return profile === undefined ? null : ratio * (profile.computeSlices / slicesTotal);
}
