/**
 * What one `nvidia-smi -q` says, whether as XML or as text. Units end the names; texts such as `Enabled` or `No` stay
 * as the tool spells them. Null: absent, one of the words for nothing, or a body that tells an error.
 */
export interface GpuReport {
  /** `v13`, from the DOCTYPE; null in text and in XML without one. Says little: the elements decide. */
  readonly dtd: string | null;
  readonly driverVersion: string | null;
  readonly cudaVersion: string | null;
  /** Of the machine; more than `gpuCount` when the tool was asked for some cards only. */
  readonly attachedGpus: number | null;
  readonly gpuCount: number;
  readonly gpus: readonly GpuRecord[];
  /** As printed, in the machine's own time zone: `Tue Jul 14 09:00:44 2026`. */
  readonly timestamp: string | null;
  /** How many reports stood in the text: more than 1 for a loop, of which this is the last. */
  readonly samples: number;
  /** Complaints about single cards before, between and after the reports. */
  readonly notices: readonly string[];
}

export interface GpuRecord {
  /** `00000000:4F:00.0`, as the heading of the card says it. */
  readonly id: string | null;
  readonly uuid: string | null;
  readonly name: string | null;
  readonly architecture: string | null;
  /** N of `/dev/nvidiaN`; not the index. */
  readonly minorNumber: number | null;
  readonly pciBusId: string | null;
  readonly memoryTotalMib: number | null;
  /** Null before driver 510, where `used` counts it, too. */
  readonly memoryReservedMib: number | null;
  readonly memoryUsedMib: number | null;
  readonly memoryFreeMib: number | null;
  readonly utilizationGpuPct: number | null;
  readonly utilizationMemoryPct: number | null;
  readonly temperatureGpuC: number | null;
  readonly temperatureMemoryC: number | null;
  readonly fanSpeedPct: number | null;
  /** The one reading of older drivers, else the average of about a second, else the instant. Of the card, not the module. */
  readonly powerDrawW: number | null;
  readonly powerLimitW: number | null;
  readonly smClockMhz: number | null;
  readonly performanceState: string | null;
  readonly computeMode: string | null;
  readonly persistenceMode: string | null;
  readonly migModeCurrent: string | null;
  readonly migModePending: string | null;
  readonly migDevices: readonly MigDeviceRecord[];
  readonly eccModeCurrent: string | null;
  readonly eccModePending: string | null;
  readonly eccVolatile: EccCounts | null;
  readonly eccAggregate: EccCounts | null;
  /** Pages wait for a reset to be retired. Before Ampere; `remappedRows…` after. */
  readonly pendingRetirement: string | null;
  readonly remappedRowsPending: string | null;
  readonly remappedRowsFailure: string | null;
  /** Drivers 535 to 575. */
  readonly resetRequired: string | null;
  /** 570 and later. `None` is a value: the driver asks for nothing. */
  readonly recoveryAction: string | null;
  readonly fabricState: string | null;
  readonly fabricStatus: string | null;
  readonly processCount: number;
  readonly processes: readonly GpuProcessRecord[];
  /** The different words of error that stood where a value belongs: `GPU is lost`. */
  readonly errorBodies: readonly string[];
  readonly lost: boolean;

  /** Names of `processes` by PID, unless the tool kept them back. */
  readonly processNames: Readonly<Record<string, string>>;
  readonly productBrand: string | null;
  readonly serial: string | null;
  readonly vbiosVersion: string | null;
  readonly gspFirmwareVersion: string | null;
  readonly virtualizationMode: string | null;
  /** Windows only: `WDDM`, `TCC`, `MCDM`. */
  readonly driverModel: string | null;
  readonly memoryClockMhz: number | null;
  /**
   * Why the clocks are lower than they could be, by the names of `--query-gpu` without their prefix: `hw_slowdown`,
   * `sw_power_cap`. Null where the tool does not tell.
   */
  readonly clocksEventReasons: readonly string[] | null;
  readonly powerDrawAverageW: number | null;
  readonly powerDrawInstantW: number | null;
  readonly powerLimitDefaultW: number | null;
  readonly powerLimitMinW: number | null;
  readonly powerLimitMaxW: number | null;
  /** Absolute thresholds; newer cards tell distances instead, below. */
  readonly temperatureSlowdownC: number | null;
  readonly temperatureShutdownC: number | null;
  /** How far the card is from being slowed down; and the distances, often negative, at which something happens. */
  readonly temperatureTlimitC: number | null;
  readonly temperatureSlowdownTlimitC: number | null;
  readonly temperatureShutdownTlimitC: number | null;
  readonly pcieReplayCount: number | null;
  readonly remappedRowsCorrectable: number | null;
  readonly remappedRowsUncorrectable: number | null;
  readonly rowRemapAvailability: RowRemapAvailability | null;
  readonly retiredPagesSingleBit: number | null;
  readonly retiredPagesDoubleBit: number | null;
  readonly sramThresholdExceeded: string | null;
  readonly channelRepairPending: string | null;
  readonly tpcRepairPending: string | null;
  readonly unrepairableMemory: string | null;
  readonly drainAndResetRecommended: string | null;
  readonly fabricCliqueId: number | null;
  readonly fabricClusterUuid: string | null;
  /** What the driver says of the fabric, by its own names: `routeUnhealthy` → `True`. */
  readonly fabricHealth: Readonly<Record<string, string>> | null;
}

/**
 * Errors since the driver was loaded, or ever, by the names of the driver's generation: `sramUncorrectable` or its parts
 * `…Parity` and `…Secded`; before Ampere `singleBit.deviceMemory` and the like.
 */
export type EccCounts = Readonly<Record<string, number | null>>;

/** How many memory banks still have that many spare rows. */
export interface RowRemapAvailability {
  readonly max: number | null;
  readonly high: number | null;
  readonly partial: number | null;
  readonly low: number | null;
  readonly none: number | null;
}

/** A compute instance as a device. Several may share a GPU instance, and then its memory: do not add them up. */
export interface MigDeviceRecord {
  /** Of the moment: it changes when instances come and go. */
  readonly index: number | null;
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
  readonly multiprocessorCount: number | null;
  readonly copyEngineCount: number | null;
  readonly encoderCount: number | null;
  readonly decoderCount: number | null;
  readonly ofaCount: number | null;
  readonly jpgCount: number | null;
  readonly eccSramUncorrectableVolatile: number | null;
  readonly fbTotalMib: number | null;
  readonly fbReservedMib: number | null;
  readonly fbUsedMib: number | null;
  readonly fbFreeMib: number | null;
  readonly bar1TotalMib: number | null;
  readonly utilizationGpuPct: number | null;
  /** `-q` carries neither: to be joined from `-L` and `mig -lgi`. */
  readonly uuid: string | null;
  readonly profileName: string | null;
}

export interface GpuProcessRecord {
  readonly pid: number | null;
  /** `C`, `G`, `C+G`, `M+C` for a client of MPS. */
  readonly type: string | null;
  /** Null on a card without MIG. */
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
  readonly usedMemoryMib: number | null;
}
