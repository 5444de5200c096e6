/**
 * What the table of a bare `nvidia-smi` says: less than `-q`, rounded, with long names cut. Keys as in `GpuReport`.
 * Null: the table does not tell, or tells an error in the cell.
 */
export interface TableReport {
  readonly timestamp: string | null;
  /** Of the tool; differs from the driver's in a container that brings its own. */
  readonly smiVersion: string | null;
  readonly driverVersion: string | null;
  readonly cudaVersion: string | null;
  readonly gpuCount: number;
  readonly gpus: readonly TableGpu[];
  /** Null: no such box, which is so where no card has MIG enabled. */
  readonly migDevices: readonly TableMigDevice[] | null;
  /** Null: no such box, which a whole table always has, or one that the tool could not fill. */
  readonly processes: readonly TableProcess[] | null;
  /** How many tables stood in the text: more than 1 for a loop, of which this is the last. */
  readonly samples: number;
  /** Lines outside the boxes: complaints about single cards. */
  readonly notices: readonly string[];
}

export interface TableGpu {
  readonly index: number;
  readonly name: string | null;
  /** Whether the tool cut the name: `NVIDIA A100-SXM...`. */
  readonly nameIsCut: boolean;
  readonly persistenceMode: string | null;
  /** Windows only, in the place of the persistence mode: `WDDM`, `TCC`, `MCDM`. */
  readonly driverModel: string | null;
  readonly pciBusId: string | null;
  readonly displayActive: string | null;
  readonly fanSpeedPct: number | null;
  readonly temperatureGpuC: number | null;
  readonly performanceState: string | null;
  readonly powerDrawW: number | null;
  readonly powerLimitW: number | null;
  readonly memoryUsedMib: number | null;
  /** In a container that shares the card this may be its share. */
  readonly memoryTotalMib: number | null;
  readonly utilizationGpuPct: number | null;
  readonly computeMode: string | null;
  readonly migModeCurrent: string | null;
  /** Differs from the current one where the table marks the mode with `*`. */
  readonly migModePending: string | null;
  readonly eccModeCurrent: string | null;
  readonly eccUncorrectedVolatile: number | null;
  /** The different words of error in its cells: `ERR!`, `GPU is lost`. */
  readonly errorBodies: readonly string[];
  readonly lost: boolean;
}

export interface TableMigDevice {
  readonly gpuIndex: number;
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
  readonly index: number | null;
  /** Null for a further compute instance of a GPU instance: the row above tells what they share. */
  readonly fbUsedMib: number | null;
  readonly fbTotalMib: number | null;
  readonly bar1UsedMib: number | null;
  readonly bar1TotalMib: number | null;
  readonly multiprocessorCount: number | null;
  readonly eccSramUncorrectableVolatile: number | null;
  readonly copyEngineCount: number | null;
  readonly encoderCount: number | null;
  readonly decoderCount: number | null;
  readonly ofaCount: number | null;
  readonly jpgCount: number | null;
}

export interface TableProcess {
  readonly gpuIndex: number;
  /** Null on a card without MIG. */
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
  readonly pid: number;
  readonly type: string | null;
  /** As printed; long ones begin with `...`. */
  readonly name: string | null;
  readonly usedMemoryMib: number | null;
}
