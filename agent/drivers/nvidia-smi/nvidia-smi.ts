import type { GpuUuid } from '../../../shared/domain/ids.ts';
import type { MigGeometry } from '../../../shared/domain/mig-profile.ts';
import type { ComputeProcess } from '../../formats/csv/compute-apps.ts';
import type { GpuRow } from '../../formats/csv/gpu-query.ts';

// The contract speaks in the rows that the formats give.
export type { ComputeProcess } from '../../formats/csv/compute-apps.ts';
export type { GpuRow } from '../../formats/csv/gpu-query.ts';

/** A MIG instance as `mig -lgi`, `mig -lci` and `-L` tell of it together. */
export interface MigInstanceRow {
  readonly gpuIndex: number;
  readonly gpuInstanceId: number;
  readonly giProfileId: number;
  readonly profile: string;
  readonly start: number;
  readonly size: number;
  readonly computeInstanceIds: readonly number[];
  /** Of those compute instances, in the same order: `3g.20gb` for the default one, `1c.3g.20gb` for a part. */
  readonly computeProfiles: readonly string[];
  /** `MIG-…`; null while it has no compute instance. */
  readonly uuid: string | null;
}

/** An instance that is to be made. */
export interface NewInstance {
  readonly giProfileId: number;
  readonly start: number;
  /** The profiles of its compute instances, which may be none. Absent or null: the default one over all of it. */
  readonly compute?: readonly string[] | null;
}

/**
 * `nvidia-smi` as the agent uses it: one invocation at a time, each with a time limit and an output cap.
 * Failures throw AppError DRIVER_AWAY, PROCESS_TIMEOUT, OUTPUT_UNREADABLE, GPU_BUSY or GPU_REFUSED.
 */
export interface NvidiaSmi {
  /**
   * While `sampleGpus` runs, its newest sample answers when it is at most 2 s old and no mode was changed since: the
   * loop asks for the same columns, and starting the tool anew is what costs.
   */
  queryGpus(signal: AbortSignal): Promise<readonly GpuRow[]>;
  queryProcesses(signal: AbortSignal): Promise<readonly ComputeProcess[]>;
  /**
   * Empty where no card has MIG on. GPU instances are listed each time; while they stay the same, their compute
   * instances and UUIDs are looked at again every 30 s and after every change through this driver.
   * An empty listing exits non-zero in the tool; here it is an empty list.
   */
  listMigInstances(signal: AbortSignal): Promise<readonly MigInstanceRow[]>;
  /** From `-lgip` and `-lgipp`; by card index. Cards that tell nothing are absent. */
  readGeometries(signal: AbortSignal): Promise<ReadonlyMap<number, MigGeometry>>;
  /** Reads the mode back: `pending` means that a reset or reboot is needed first. */
  setMigMode(gpu: GpuUuid, enabled: boolean, signal: AbortSignal): Promise<'active' | 'pending'>;
  /** Makes the instance at exactly this start, whole or not at all. */
  createMigInstance(gpu: GpuUuid, placement: NewInstance, signal: AbortSignal): Promise<void>;
  /** Compute instances first, then the GPU instance. Already gone is success. */
  destroyMigInstance(
    gpu: GpuUuid,
    instance: { readonly gpuInstanceId: number; readonly computeInstanceIds: readonly number[] },
    signal: AbortSignal,
  ): Promise<'destroyed' | 'already-gone'>;
  setComputeMode(
    gpu: GpuUuid,
    mode: 'DEFAULT' | 'EXCLUSIVE_PROCESS',
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * One long-lived `--query-gpu … -lms` child; yields one sample of all cards a period. Ends by throwing when
   * the child dies, stalls for more than 5 periods (at least 5 s) or prints errors: the caller restarts it with a back-off.
   */
  sampleGpus(periodMs: number, signal: AbortSignal): AsyncIterable<readonly GpuRow[]>;
}
