import type { AgentConfig } from '../config.ts';
import { createDcgmi } from '../drivers/dcgm/create-dcgmi.ts';
import type { DockerRuntime } from '../drivers/docker/docker-runtime.ts';
import { createHost } from '../drivers/host/create-host.ts';
import { openKernelLog } from '../drivers/kernel-log/open-kernel-log.ts';
import { createMpsControl } from '../drivers/mps/create-mps-control.ts';
import { createNvidiaSmi } from '../drivers/nvidia-smi/create-nvidia-smi.ts';
import { createProcessRuntime } from '../drivers/runtime/process-runtime.ts';
import type { Runtime } from '../drivers/runtime/runtime.ts';

/** Everything outside that this node's configuration lets the agent use. */
export async function openDrivers(config: AgentConfig, signal: AbortSignal) {
  const { nvidiaSmi, dcgm, mps, docker, gpu, node, stateDir } = config;
  const mpsShmDirectory = mps.shm === 'host' ? '/dev/shm' : null;
  let dockerRuntime: DockerRuntime | null = null;
  if (docker.enabled) {
    // Loaded here: a host without Docker does not keep its client in memory.
    const { createDockerRuntime } = await import('../drivers/docker/docker-runtime.ts');
    dockerRuntime = createDockerRuntime({
      node,
      handout: gpu.handout,
      socketPath: docker.socket,
      stopGraceMs: config.stopGrace,
      mpsShmDirectory,
    });
  }
  const runtimes: Runtime[] = dockerRuntime === null ? [] : [dockerRuntime];
  if (config.policy.processRuntime === 'allow') {
    runtimes.push(createProcessRuntime({ stateDirectory: stateDir }));
  }
  return {
    host: createHost(),
    nvidiaSmi: nvidiaSmi.enabled
      ? createNvidiaSmi({ command: nvidiaSmi.command, queryTimeoutMs: nvidiaSmi.timeout })
      : null,
    dcgmi: dcgm.enabled && nvidiaSmi.enabled ? createDcgmi({ command: dcgm.command }) : null,
    mps:
      mps.enabled && nvidiaSmi.enabled
        ? createMpsControl({
            controlCommand: mps.controlCommand,
            directory: mps.dir,
            multiUser: mps.multiUser,
          })
        : null,
    runtimes,
    docker: dockerRuntime,
    mpsShmDirectory,
    kernelLog: nvidiaSmi.enabled ? await openKernelLog(config.health.kernelLog, signal) : null,
  };
}

export type Drivers = Awaited<ReturnType<typeof openDrivers>>;
