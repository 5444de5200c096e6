import type { GpuUuid } from '../../../shared/domain/ids.ts';

/** What DCGM measures of a card or of one of its MIG instances; every value from 0 to 1 unless its unit says more. */
export interface DcgmReading {
  /** The compute engine ran, on any part of it. */
  readonly engineActiveRatio: number | null;
  /** An SM had at least one warp, averaged over the SMs of the entity: of an instance, its own. */
  readonly smActiveRatio: number | null;
  readonly smOccupancyRatio: number | null;
  readonly tensorActiveRatio: number | null;
  readonly memoryActiveRatio: number | null;
  readonly pcieSentBytesPerS: number | null;
  readonly pcieReceivedBytesPerS: number | null;
}

export interface DcgmRow extends DcgmReading {
  readonly gpu: GpuUuid;
  /** null: the whole card. */
  readonly gpuInstanceId: number | null;
}

/**
 * `dcgmi`, which asks the host engine of DCGM. It is the only source of utilisation under MIG. Failures throw AppError:
 * DRIVER_AWAY (no such program, or no host engine), PROCESS_TIMEOUT, PROCESS_FAILED, OUTPUT_UNREADABLE.
 */
export interface Dcgmi {
  /**
   * One long-lived `dcgmi dmon` child over every card and instance that there is now; yields one sample a period. Instances
   * that come later are not in it: end it and begin anew. Ends by throwing, as the loop of `nvidia-smi` does.
   */
  sample(periodMs: number, signal: AbortSignal): AsyncIterable<readonly DcgmRow[]>;
}
