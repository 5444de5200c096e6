import type { ContainerInspectInfo } from 'dockerode';
import { descendantPids, type ProcEntry } from '../process/proc-table.ts';
import type { RunningReplica } from '../runtime/runtime.ts';
import { decodeLabels } from './container-labels.ts';

/** A container of ours as the agent speaks of it; null: its labels are not ours. */
export function describeContainer(
  info: ContainerInspectInfo,
  table: readonly ProcEntry[],
): RunningReplica | null {
  const labels = decodeLabels(info.Config.Labels);
  if (labels === null) return null;
  const running = info.State.Running;
  const published = info.NetworkSettings.Ports[`${labels.port}/tcp`]?.[0];
  return {
    replica: labels.replica,
    model: labels.model,
    modelVersion: labels.modelVersion,
    specHash: labels.specHash,
    runtimeId: info.Id,
    state: running ? 'running' : 'exited',
    // Created, but never started: it has no code.
    exitCode: running || info.State.Status === 'created' ? null : info.State.ExitCode,
    pids: running ? containerPids(info.State.Pid, table) : [],
    address: running && published !== undefined ? `127.0.0.1:${published.HostPort}` : null,
    deviceUuids: labels.gpuUuids,
    // Parsing a text is no reading of the clock.
    startedAtMs: Math.max(0, Date.parse(info.State.StartedAt) || 0),
    lastOutput: exitWords(info),
  };
}

/** The first process and everything below it. The engine's own `top` would start a `ps` for each container. */
function containerPids(first: number, table: readonly ProcEntry[]): readonly number[] {
  return first > 0 ? descendantPids(table, first) : [];
}

/** What the engine itself knows of an end: killed for memory, or why it did not start. */
function exitWords(info: ContainerInspectInfo): string {
  if (info.State.Running) return '';
  if (info.State.OOMKilled) return 'killed by the kernel: it used more memory than its limit';
  return info.State.Error;
}
