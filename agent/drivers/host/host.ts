import type { BootId } from '../../../shared/domain/ids.ts';

export interface HostFacts {
  readonly hostname: string;
  readonly bootId: BootId;
  readonly cpuCount: number;
  readonly memoryTotalMib: number;
  readonly kernel: string;
  readonly operatingSystem: string;
}

export interface HostSample {
  /** 0 to 1 over the last period. */
  readonly cpuRatio: number;
  readonly memoryUsedMib: number;
}

/** The machine itself. */
export interface Host {
  facts(signal: AbortSignal): Promise<HostFacts>;
  sample(signal: AbortSignal): Promise<HostSample>;
}
