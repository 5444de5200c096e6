/** What a command that changes MIG instances or the MIG mode says it did. */
export interface MigChanges {
  readonly gpuInstancesCreated: readonly {
    readonly gpuIndex: number;
    readonly gpuInstanceId: number;
  }[];
  readonly computeInstancesCreated: number;
  readonly destroyed: number;
  /** `Enabled`/`Disabled` lines. */
  readonly modesSet: number;
  /** The change waits for a reset or a reboot; the tool still exits with 0. */
  readonly pending: readonly string[];
  /** The reasons of everything it was unable to do: NVML's words, such as `In use by another client`. */
  readonly failures: readonly string[];
}

const created = /^Successfully created GPU instance ID\s+(\d+) on GPU\s+(\d+)\b/;
const computeCreated = /^Successfully created compute instance\b/;
const destroyed = /^Successfully destroyed (?:GPU|compute) instance\b/;
const modeSet = /^(?:Enabled|Disabled) MIG Mode for GPU\b/;
const pendingLine = /^Warning: MIG mode is in pending (?:enable|disable) state for GPU (.*)$/;
const unable = /^Unable to (?:create|destroy|query|enable|disable)\b.*: ([^:]+)$/;
const failed = /^(?:Failed to|No (?:GPU|compute) instances found)[^:]*: ([^:]+)$/;

/** Reads the output of `mig -cgi`, `-cci`, `-dci`, `-dgi` and of `-mig 0|1`. Never fails: unknown lines say nothing. */
export function parseMigChanges(stdout: string): MigChanges {
  const lines = stdout.split('\n').map((line) => line.trim());
  const matches = (pattern: RegExp): RegExpExecArray[] =>
    lines.map((line) => pattern.exec(line)).filter((match) => match !== null);
  return {
    gpuInstancesCreated: matches(created).map((match) => ({
      gpuIndex: Number(match[2]),
      gpuInstanceId: Number(match[1]),
    })),
    computeInstancesCreated: matches(computeCreated).length,
    destroyed: matches(destroyed).length,
    modesSet: matches(modeSet).length,
    pending: matches(pendingLine).map((match) => match[1] ?? ''),
    failures: [...matches(unable), ...matches(failed)].map((match) => (match[1] ?? '').trim()),
  };
}
