import { basename } from 'node:path';
import type { ProcProcess } from './proc.ts';

/** The variables by which processes are handed cards, and MPS pipes. */
export const gpuVariables = [
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  'CUDA_MPS_PIPE_DIRECTORY',
] as const;

/** The name under which the MPS stand-in runs its servers. */
export const mpsServerName = 'nvidia-cuda-mps-server';

/** A process that holds cards or instances, with the UUIDs it was given. */
export interface GpuUser {
  readonly pid: number;
  readonly uid: number;
  readonly startTicks: number;
  readonly cpuTicks: number;
  readonly rssMib: number;
  readonly name: string;
  readonly uuids: readonly string[];
  readonly mpsPipeDirectory: string | undefined;
  readonly isMpsServer: boolean;
}

const wrappers = new Set([
  'sh',
  'bash',
  'dash',
  'ash',
  'zsh',
  'busybox',
  'tini',
  'docker-init',
  'env',
]);
const ourPrograms = [
  /(?:^|\/)nvidia-cuda-mps-control(?:$|\.)/,
  /(?:^|\/)nvidia-smi(?:-sim)?$/,
  /\/simulator\/(?:nvidia-smi|dcgmi|mps-control)\/bin\.[jt]s$/,
];

/**
 * Who uses the cards: a process that was given a UUID. Not counted: this tool and MPS control daemons, and a
 * shell or init that only waits for a process that is counted itself.
 */
export function gpuUsers(processes: readonly ProcProcess[], selfPid: number): readonly GpuUser[] {
  const candidates = processes.filter(
    (process) => process.pid !== selfPid && uuidsOf(process).length > 0,
  );
  const helpers = ownHelpers(processes);
  const counted = candidates.filter((process) => !helpers.has(process.pid));
  const parents = new Set(candidates.map((process) => process.parentPid));
  // The shell that started this very invocation is no user either.
  const own = processes.find((process) => process.pid === selfPid);
  if (own !== undefined) parents.add(own.parentPid);
  return counted
    .filter((process) => !(isWrapper(process) && parents.has(process.pid)))
    .map((process) => ({
      pid: process.pid,
      uid: process.uid,
      startTicks: process.startTicks,
      cpuTicks: process.cpuTicks,
      rssMib: process.rssMib,
      name: nameOf(process),
      uuids: uuidsOf(process),
      mpsPipeDirectory: process.environment.get('CUDA_MPS_PIPE_DIRECTORY'),
      isMpsServer: isMpsServer(process),
    }));
}

function isMpsServer(process: ProcProcess): boolean {
  return basename(process.command[0] ?? '') === mpsServerName;
}

/** Pids of this tool, of MPS control daemons, and of what they started (but for MPS servers). */
function ownHelpers(processes: readonly ProcProcess[]): ReadonlySet<number> {
  const ours = new Set(processes.filter(isOurs).map((process) => process.pid));
  const started = processes.filter(
    (process) => ours.has(process.parentPid) && !isMpsServer(process),
  );
  return new Set([...ours, ...started.map((process) => process.pid)]);
}

function isOurs(process: ProcProcess): boolean {
  return process.command
    .slice(0, 8)
    .some((word) => ourPrograms.some((pattern) => pattern.test(word)));
}

function isWrapper(process: ProcProcess): boolean {
  return wrappers.has(basename(process.command[0] ?? '').replace(/^-/, ''));
}

/** What CUDA would see: its own variable decides where both are set to UUIDs. */
function uuidsOf(process: ProcProcess): readonly string[] {
  for (const name of ['CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES']) {
    const words = (process.environment.get(name) ?? '').split(',').map((word) => word.trim());
    const uuids = words.filter((word) => /^(?:GPU|MIG)-[0-9a-f-]{8,}/i.test(word));
    if (uuids.length > 0) return uuids;
  }
  return [];
}

function nameOf(process: ProcProcess): string {
  if (isMpsServer(process)) return mpsServerName;
  return process.command[0] ?? process.executable ?? '[Not Found]';
}
