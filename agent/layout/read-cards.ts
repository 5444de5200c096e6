import { cardByProductName, geometryOf } from '../../shared/domain/card.ts';
import type { GpuUuid, ReplicaId } from '../../shared/domain/ids.ts';
import type { GpuInventory } from '../../shared/domain/inventory.ts';
import type { LaidOutInstance } from '../../shared/domain/mig-layout.ts';
import { profileById, type MigGeometry } from '../../shared/domain/mig-profile.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { GpuRow, MigInstanceRow, NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import type { SlowQueries } from '../drivers/nvidia-smi/slow-queries.ts';
import type { GpuRecord, GpuReport } from '../formats/report/report.ts';
import type { Attribution } from '../reconcile/attribution.ts';
import { sliceRows, viewsOf, type RowSource, type SliceRow } from '../slice-rows.ts';
import type { CardNow, Holder, InstanceNow } from './card-now.ts';
import { migFamilyOf } from './mig-family.ts';

/** What of the core a reading of the cards is joined with. */
export interface CardViews {
  readonly cards: readonly GpuInventory[];
  readonly attribution: readonly Attribution[];
  /** What allocations have of them. */
  readonly slices: readonly SliceRow[];
}

export function cardViews(core: RowSource): CardViews {
  const views = viewsOf(core);
  return {
    cards: views.inventory?.gpus ?? [],
    attribution: views.attribution,
    slices: sliceRows(views),
  };
}

export type CardQueries = Pick<NvidiaSmi, 'queryGpus' | 'queryProcesses' | 'listMigInstances'> &
  Pick<SlowQueries, 'readReport' | 'readTopology'>;

/**
 * Reads every card as planning needs it. `-q -x` tells which process is in which instance, so it is asked where
 * a stranger uses a card with MIG; `whole` asks it anyhow, and for the links between the cards: for a plan that people
 * read. Throws as the tool does.
 */
export async function readCards(
  tool: CardQueries,
  views: CardViews,
  signal: AbortSignal,
  { whole = false }: { readonly whole?: boolean } = {},
): Promise<readonly CardNow[]> {
  const rows = await tool.queryGpus(signal);
  const mig = rows.some((row) => row.migEnabled === true);
  const instances = mig ? await tool.listMigInstances(signal) : [];
  const processes = await tool.queryProcesses(signal);
  const cut = new Set(rows.filter((row) => row.migEnabled === true).map((row) => row.uuid));
  const ours = new Set(views.attribution.flatMap((each) => each.pids));
  const unclear = processes.some((each) => cut.has(each.gpu) && !ours.has(each.pid));
  const report = unclear || whole ? await orNull(() => tool.readReport(signal), signal) : null;
  const topology =
    whole && rows.length > 1 ? await orNull(() => tool.readTopology(signal), signal) : null;
  return rows.map((row) => {
    const peers = topology?.get(row.index)?.nvlinks.keys();
    return cardOf(row, {
      instances: instances.filter((each) => each.gpuIndex === row.index),
      processes: processes.filter((each) => each.gpu === row.uuid),
      record: report === null ? null : recordOf(report, row.uuid),
      nvlinkPeers: rows.length === 1 ? [] : peers === undefined ? null : [...peers],
      views,
    });
  });
}

/** One card of `readCards`. Throws GPU_UNKNOWN. */
export async function readCard(
  tool: CardQueries,
  views: CardViews,
  gpu: GpuUuid,
  signal: AbortSignal,
): Promise<CardNow> {
  const found = (await readCards(tool, views, signal)).find((each) => each.gpu === gpu);
  if (found !== undefined) return found;
  throw new AppError('GPU_UNKNOWN', `this node does not see ${gpu}`);
}

/** Without the report nobody tells where a process runs, and planning takes it to run everywhere. */
async function orNull<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await ask();
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

function recordOf(report: GpuReport, gpu: GpuUuid): GpuRecord | null {
  return report.gpus.find((each) => each.uuid === gpu) ?? null;
}

interface Around {
  readonly instances: readonly MigInstanceRow[];
  readonly processes: readonly { readonly pid: number; readonly name: string }[];
  readonly record: GpuRecord | null;
  readonly nvlinkPeers: CardNow['nvlinkPeers'];
  readonly views: CardViews;
}

function cardOf(row: GpuRow, around: Around): CardNow {
  const { instances, record, views } = around;
  const known = views.cards.find((each) => each.uuid === row.uuid);
  const card = cardByProductName(row.productName);
  const geometry =
    row.migEnabled === null
      ? null
      : (known?.geometry ?? (card === undefined ? null : geometryOf(card)));
  const held = holdersOf(row, around);
  return {
    gpu: row.uuid,
    index: row.index,
    productName: row.productName,
    pciDeviceId: card?.pciDeviceId ?? null,
    family: migFamilyOf(row.productName),
    passedThrough: record?.virtualizationMode === 'Pass-Through',
    migEnabled: row.migEnabled,
    migPending: row.migPending,
    geometry,
    instances: instances
      .map((each) => instanceOf(each, { geometry, known, holders: held.of(each.gpuInstanceId) }))
      .toSorted((a, b) => a.start - b.start),
    holders: held.of(null),
    mpsRunning: known?.mpsActive ?? false,
    nvlinkPeers: around.nvlinkPeers,
    authority: known?.authority ?? 'observe',
    layoutRevision: known?.layoutRevision ?? 0,
    error: row.error,
  };
}

function instanceOf(
  row: MigInstanceRow,
  about: {
    readonly geometry: MigGeometry | null;
    readonly known: GpuInventory | undefined;
    readonly holders: readonly Holder[];
  },
): InstanceNow {
  const { geometry, known, holders } = about;
  const { giProfileId, start, profile, gpuInstanceId, computeInstanceIds, uuid } = row;
  const seen = known?.instances.find(
    (each) => each.giProfileId === giProfileId && each.start === start,
  );
  const listed = geometry === null ? undefined : profileById(geometry, giProfileId);
  return {
    giProfileId,
    start,
    // `-lgi` leaves nothing out, but drivers spell names differently in their listings.
    profile: listed?.name ?? profile,
    compute: computeOf(row),
    gpuInstanceId,
    computeInstanceIds,
    uuid,
    memoryMib: listed?.memoryMib ?? seen?.memoryMib ?? 0,
    slice: seen?.slice ?? null,
    holders,
  };
}

/** One compute instance over the whole instance is named like it, without attributes such as `+me`. */
function computeOf({ profile, computeProfiles }: MigInstanceRow): LaidOutInstance['compute'] {
  const [only] = computeProfiles;
  const bare = profile.replace(/[+-].*$/, '');
  const whole = computeProfiles.length === 1 && only?.replace(/[+-].*$/, '') === bare;
  return whole ? null : computeProfiles.toSorted();
}

/** Everybody on the card, by the GPU instance that they use; null: all of the card, or nobody tells. */
function holdersOf(
  row: GpuRow,
  { instances, processes, record, views }: Around,
): { of(gpuInstanceId: number | null): readonly Holder[] } {
  const byInstance = new Map<number | null, Holder[]>();
  const add = (gpuInstanceId: number | null, holder: Holder): void => {
    byInstance.set(gpuInstanceId, [...(byInstance.get(gpuInstanceId) ?? []), holder]);
  };
  /** Whose instance is gone holds nothing of the card. */
  const addOn = (deviceUuid: string | null, holder: Holder): void => {
    const found = instances.find((each) => each.uuid !== null && each.uuid === deviceUuid);
    if (found === undefined && deviceUuid !== row.uuid) return;
    add(found?.gpuInstanceId ?? null, holder);
  };
  const ours = new Map<number, ReplicaId>();
  for (const { replica, pids, slices } of views.attribution) {
    for (const pid of pids) ours.set(pid, replica);
    for (const slice of slices.filter((each) => each.gpu === row.uuid)) {
      addOn(slice.deviceUuid, { kind: 'replica', replica });
    }
  }
  for (const { gpu, deviceUuid, holder } of views.slices) {
    if (gpu !== row.uuid || holder?.kind !== 'allocation') continue;
    addOn(deviceUuid, holder);
  }
  for (const { pid, name } of processes) {
    if (ours.has(pid) || name.includes('nvidia-cuda-mps-server')) continue;
    const gpuInstanceId = record?.processes.find((each) => each.pid === pid)?.gpuInstanceId ?? null;
    add(gpuInstanceId, { kind: 'process', pid, name });
  }
  return { of: (gpuInstanceId) => byInstance.get(gpuInstanceId) ?? [] };
}
