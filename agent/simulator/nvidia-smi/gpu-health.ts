import type { RecoveryAction } from '../faults/fault.ts';
import type { FaultDesk } from '../faults/fault-desk.ts';

/** How a card does, as the driver would tell it. */
export interface GpuHealth {
  /** What every reading of the card answers instead of a value; undefined: it can be read. */
  readonly unreadable: 'GPU is lost' | 'GPU requires reset' | 'Unknown Error' | undefined;
  readonly lost: boolean;
  readonly needsReset: boolean;
  /** The tool cannot even open the card. */
  readonly handleError: boolean;
  /** Uncorrectable DRAM errors since the last reset. */
  readonly eccErrors: number;
  readonly rowRemapPending: boolean;
  readonly rowRemapFailure: boolean;
  readonly thermalSlowdown: boolean;
  readonly powerBrake: boolean;
  readonly recoveryAction: RecoveryAction;
}

export function healthOf(gpuIndex: number, desk: FaultDesk): GpuHealth {
  const lost = desk.onCard('lost', gpuIndex);
  const needsReset = desk.onCard('needs-reset', gpuIndex);
  let eccErrors = 0;
  let recoveryAction: RecoveryAction = needsReset ? 'Reset' : 'None';
  for (const fault of desk.faults) {
    if (!('gpuIndex' in fault) || fault.gpuIndex !== gpuIndex) continue;
    if (fault.kind === 'ecc') eccErrors += fault.count;
    if (fault.kind === 'recovery') recoveryAction = fault.action;
  }
  return {
    unreadable: lost ? 'GPU is lost' : needsReset ? 'GPU requires reset' : undefined,
    lost,
    needsReset,
    handleError: desk.onCard('handle-error', gpuIndex),
    eccErrors,
    rowRemapPending: desk.onCard('row-remap-pending', gpuIndex),
    rowRemapFailure: desk.onCard('row-remap-failure', gpuIndex),
    thermalSlowdown: desk.onCard('thermal', gpuIndex),
    powerBrake: desk.onCard('power-brake', gpuIndex),
    recoveryAction,
  };
}
