import { allocationRows } from '../allocation-rows.ts';
import { containerIds } from '../attribution/cgroup.ts';
import { shareOut } from '../attribution/share-out.ts';
import type { CardShares } from '../attribution/shares.ts';
import { whose, type ProcessPlace } from '../attribution/whose.ts';
import type { DcgmRow } from '../drivers/dcgm/dcgmi.ts';
import type { GpuRow } from '../drivers/nvidia-smi/nvidia-smi.ts';
import { readCgroup } from '../drivers/process/proc-cgroup.ts';
import { readVariable } from '../drivers/process/proc-environ.ts';
import { readProc } from '../drivers/process/proc-table.ts';
import type { GpuRecord } from '../formats/report/report.ts';
import { sliceRows, viewsOf, type RowSource, type SliceRow } from '../slice-rows.ts';
import { allocationMarker } from '../../shared/domain/allocation.ts';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { GpuInventory } from '../../shared/domain/inventory.ts';
import type { CardDetailsReader } from './card-details.ts';
import type { ContainerNames } from './container-names.ts';
import { cardReading, instanceOf, instanceUsedMib, type OwnedProcess } from './card-reading.ts';
import type { DcgmSampler } from './dcgm-sampler.ts';
import { IdlePower } from './idle-power.ts';
import type { ProcessTable } from './process-table.ts';
import type { GpuSampler } from './sampler.ts';

export interface UsageDeps {
  readonly core: RowSource;
  readonly sampler: GpuSampler;
  readonly processes: ProcessTable;
  readonly details: CardDetailsReader | null;
  readonly dcgm: DcgmSampler | null;
  /** null: no container engine is asked. */
  readonly containers: Pick<ContainerNames, 'of'> | null;
  /** What the host tells of a process; null: it is gone. */
  readonly place: (pid: number) => ProcessPlace | null;
}

/** One card with everybody on it. */
export interface CardUsage {
  readonly row: GpuRow;
  readonly inventory: GpuInventory | null;
  /** null: no report yet, or a stale one. */
  readonly details: GpuRecord | null;
  readonly shares: CardShares;
  readonly slices: readonly SliceUsage[];
  /** null: they could not be read. */
  readonly processes: readonly OwnedProcess[] | null;
  /** Of the whole card; null: no DCGM. */
  readonly dcgm: DcgmRow | null;
}

export interface SliceUsage {
  readonly row: SliceRow;
  /** null: not a MIG slice, or its instance is not there. */
  readonly gpuInstanceId: number | null;
  /** By the instance's own counter; null: not a MIG slice, or not told. */
  readonly usedMib: number | null;
  /** Of the instance; null: no DCGM. */
  readonly dcgm: DcgmRow | null;
}

export interface NodeUsageView {
  readonly atMs: number;
  readonly ageMs: number;
  /** The figures tell of another time. */
  readonly stale: boolean;
  readonly cards: readonly CardUsage[];
}

/** The host of the agent, as `whose` looks at it. */
export function hostPlace(pid: number): ProcessPlace | null {
  const entry = readProc(pid);
  if (entry === null) return null;
  const { parentPid, groupId } = entry;
  const containers = containerIds(readCgroup(pid) ?? '');
  return { parentPid, groupId, containers, mark: readVariable(pid, allocationMarker) };
}

/** Joins what the samplers, the driver, DCGM and the core know of each card, whenever somebody looks. */
export class NodeUsage {
  readonly #deps: UsageDeps;
  readonly #idlePower = new IdlePower();

  constructor(deps: UsageDeps) {
    this.#deps = deps;
    deps.sampler.onSample(({ cards }) => this.#idlePower.observe(cards));
  }

  /** null: no card has been sampled yet. */
  async read(): Promise<NodeUsageView | null> {
    const { core, sampler, processes } = this.#deps;
    if (sampler.latest() === null) return null;
    const rows = await processes.read();
    const views = viewsOf(core);
    const slices = sliceRows(views);
    const allocations = allocationRows(views).map(({ allocation }) => allocation);
    const { of } = whose({ replicas: views.attribution, allocations }, this.#deps.place);
    const owned = await this.#named(
      rows?.map(({ gpu, pid, name, memoryUsedMib, smRatio }) => {
        const { owner, container: containerId } = of({ pid, name });
        return {
          gpu,
          process: { pid, name, memoryMib: memoryUsedMib, smRatio, owner, containerId },
        };
      }),
    );
    // Read after the waits, so that card and processes are of one moment.
    const latest = sampler.latest();
    if (latest === null) return null;
    const on = (gpu: GpuUuid): readonly OwnedProcess[] | null =>
      owned?.flatMap((each) => (each.gpu === gpu ? [each.process] : [])) ?? null;
    return {
      atMs: latest.sample.atMs,
      ageMs: latest.ageMs,
      stale: latest.ageMs > sampler.staleMs,
      cards: latest.sample.cards.map((row) =>
        this.#card(row, {
          slices: slices.filter((slice) => slice.gpu === row.uuid),
          processes: on(row.uuid),
        }),
      ),
    };
  }

  async #named(
    found: readonly { gpu: GpuUuid; process: Omit<OwnedProcess, 'container'> }[] | undefined,
  ): Promise<readonly { gpu: GpuUuid; process: OwnedProcess }[] | null> {
    if (found === undefined) return null;
    const ids = found.flatMap(({ process }) => process.containerId ?? []);
    const names = await this.#deps.containers?.of(ids);
    return found.map(({ gpu, process }) => ({
      gpu,
      process: { ...process, container: names?.get(process.containerId ?? '') ?? null },
    }));
  }

  #card(
    row: GpuRow,
    on: {
      readonly slices: readonly SliceRow[];
      readonly processes: readonly OwnedProcess[] | null;
    },
  ): CardUsage {
    const { core, dcgm } = this.#deps;
    const inventory = core.inventory()?.gpus.find((gpu) => gpu.uuid === row.uuid) ?? null;
    const details = this.#detailsOf(row.uuid);
    const dcgmRows = (dcgm?.latest()?.rows ?? []).filter((each) => each.gpu === row.uuid);
    const idleWatts = this.#idlePower.wattsOf(row.uuid);
    const reading = cardReading({ row, inventory, details, idleWatts, dcgm: dcgmRows, ...on });
    return {
      row,
      inventory,
      details,
      shares: shareOut(reading),
      slices: on.slices.map((slice) => {
        const instance = instanceOf(slice, inventory);
        const gpuInstanceId = instance?.gpuInstanceId ?? null;
        return {
          row: slice,
          gpuInstanceId,
          usedMib: instance === null ? null : instanceUsedMib(instance, details),
          dcgm:
            gpuInstanceId === null
              ? null
              : (dcgmRows.find((each) => each.gpuInstanceId === gpuInstanceId) ?? null),
        };
      }),
      processes: on.processes,
      dcgm: dcgmRows.find((each) => each.gpuInstanceId === null) ?? null,
    };
  }

  #detailsOf(gpu: GpuUuid): GpuRecord | null {
    const { details } = this.#deps;
    const latest = details?.latest() ?? null;
    if (details === null || latest === null || latest.ageMs > details.staleMs) return null;
    return latest.details.gpus.find((each) => each.uuid === gpu) ?? null;
  }
}
