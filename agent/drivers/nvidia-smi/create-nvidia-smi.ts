import { parseComputeApps } from '../../formats/csv/compute-apps.ts';
import { parseToolFailure, toolError } from './error-output.ts';
import { createMigInstance, destroyMigInstance, setComputeMode, setMigMode } from './change-mig.ts';
import { MigLister, readGeometries } from './list-mig.ts';
import type { ComputeProcess, GpuRow, NvidiaSmi } from './nvidia-smi.ts';
import { RecentSample } from './recent-sample.ts';
import { createColumnLadder, queryGpus } from './query-gpus.ts';
import { resetGpu, type GpuReset } from './reset-gpu.ts';
import { sampleGpus } from './sample-gpus.ts';
import { SamplerGate } from './sampler-gate.ts';
import { createSlowQueries, type SlowQueries } from './slow-queries.ts';
import { createTool, readable, type NvidiaSmiOptions, type Tool } from './tool.ts';

/** The process's name is free text (paths, commas, colons) and stands last. */
const computeAppsColumns = ['gpu_uuid', 'pid', 'used_memory', 'process_name'] as const;

/** `nvidia-smi` (or whatever the node calls so) behind the agent's contract. */
export function createNvidiaSmi(options: NvidiaSmiOptions): NvidiaSmi & SlowQueries & GpuReset {
  const tool = createTool(options);
  const ladder = createColumnLadder();
  const gate = new SamplerGate(tool.clock);
  const recent = new RecentSample(tool.clock);
  const lister = new MigLister(tool);
  const changingMode = <T>(change: () => Promise<T>): Promise<T> =>
    lister.whileChanging(() => recent.whileChanging(change));
  return {
    queryGpus: async (signal): Promise<readonly GpuRow[]> =>
      recent.read() ?? (await queryGpus(tool, ladder, signal)).gpus,
    queryProcesses: (signal) => queryProcesses(tool, signal),
    listMigInstances: (signal) => lister.list(signal),
    readGeometries: (signal) => readGeometries(tool, signal),
    setMigMode: (gpu, enabled, signal) =>
      changingMode(() => gate.whileClosed(() => setMigMode(tool, gpu, enabled, signal), signal)),
    createMigInstance: (gpu, placement, signal) =>
      lister.whileChanging(() => createMigInstance(tool, gpu, placement, signal)),
    destroyMigInstance: (gpu, instance, signal) =>
      lister.whileChanging(() => destroyMigInstance(tool, gpu, instance, signal)),
    setComputeMode: (gpu, mode, signal) =>
      changingMode(() => setComputeMode(tool, gpu, mode, signal)),
    resetGpu: (gpu, signal) =>
      changingMode(() => gate.whileClosed(() => resetGpu(tool, gpu, signal), signal)),
    ...createSlowQueries(tool),
    sampleGpus: (periodMs, signal) => sampleGpus({ tool, ladder, gate, recent }, periodMs, signal),
  };
}

async function queryProcesses(tool: Tool, signal: AbortSignal): Promise<readonly ComputeProcess[]> {
  const args = [
    `--query-compute-apps=${computeAppsColumns.join(',')}`,
    '--format=csv,noheader,nounits',
  ];
  const result = await tool.run(args, 'query', signal);
  if (result.exitCode !== 0) {
    if (parseToolFailure(result.stdout, result.exitCode).kind === 'no-device') return [];
    throw toolError('cannot query the compute processes', result.stdout, result.exitCode);
  }
  return readable(
    parseComputeApps(result.stdout, computeAppsColumns),
    'nvidia-smi --query-compute-apps',
  );
}
