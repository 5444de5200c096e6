import type { StartSpec } from './runtime.ts';

/**
 * The variables that a replica gets from us, whichever runtime starts it. They stand above the model's own ones.
 * `cudaVisible`: nobody but this variable keeps the process to its slice (plain processes, the `env` handout).
 */
export function replicaEnv(
  spec: StartSpec,
  options: { readonly port: number; readonly cudaVisible: boolean },
): Readonly<Record<string, string>> {
  return {
    ...spec.workload.env,
    PORT: String(options.port),
    TANGRAM_MODEL: spec.model,
    TANGRAM_REPLICA: spec.replica,
    ...deviceEnv(spec.grant, options),
  };
}

/** What keeps a process to its slices. */
export function deviceEnv(
  { deviceUuids, mps }: StartSpec['grant'],
  options: { readonly cudaVisible: boolean },
): Readonly<Record<string, string>> {
  const devices = deviceUuids.join(',');
  return {
    // `void`: the NVIDIA runtime gives nothing; absent it would give whatever the image asks for, often `all`.
    NVIDIA_VISIBLE_DEVICES: devices === '' ? 'void' : devices,
    ...(options.cudaVisible ? { CUDA_VISIBLE_DEVICES: devices } : {}),
    ...(mps === null
      ? {}
      : {
          CUDA_MPS_PIPE_DIRECTORY: mps.pipeDirectory,
          CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: String(mps.smPercent),
          CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: `0=${mps.memoryMib}M`,
        }),
  };
}
