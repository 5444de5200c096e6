import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPipe } from './control-pipe.ts';

/** What is there beyond protocol 2's limits; found out, told by `agentctl doctor`, and not used. null: not known. */
export interface MpsCapabilities {
  /** `get_server_status`: whether a server's fault is told and need not be read from its log. */
  readonly serverStatus: boolean | null;
  /** `set_default_device_pinned_mem_limit`. */
  readonly memoryLimits: boolean | null;
  /** `lspart`, `sm_partition`: SMs set apart for a client. They need a daemon that was started with `-S`. */
  readonly staticPartitions: boolean | null;
  /** One daemon a host with named servers (`-p 3`). */
  readonly protocolV3: boolean | null;
  /** The kernel's cgroup controller of device memory, which would bound a container instead of each process. */
  readonly dmemController: boolean;
  /** Where the answers come from, for people. */
  readonly evidence: string;
}

/**
 * Asks a daemon for commands of later versions, and reads the program's help: an unknown word is all that older ones
 * say. `help` is what `nvidia-cuda-mps-control --help` printed; null: it does not start.
 */
export async function findCapabilities(
  sources: {
    readonly pipe: ControlPipe | null;
    readonly help: string | null;
    readonly cgroupRoot?: string;
  },
  signal: AbortSignal,
): Promise<MpsCapabilities> {
  const { pipe, help } = sources;
  const knows = async (command: string): Promise<boolean | null> => {
    if (pipe === null) return null;
    const { kind } = await pipe.ask([command], signal);
    return kind === 'no-daemon' ? null : kind !== 'unknown-command';
  };
  const mentions = (words: RegExp): true | null => (words.test(help ?? '') ? true : null);
  const staticPartitions = mentions(/static-partitioning|sm_partition/) ?? (await knows('lspart'));
  return {
    // No process has this number: the answer tells whether the question is understood.
    serverStatus: await knows('get_server_status 1'),
    memoryLimits: await knows('get_default_device_pinned_mem_limit 0'),
    staticPartitions,
    // It came later than partitions; a help that does not mention it proves nothing.
    protocolV3:
      mentions(/protocol[- _]version|sm-partition/i) ?? (staticPartitions === false ? false : null),
    dmemController: hasController(sources.cgroupRoot ?? '/sys/fs/cgroup', 'dmem'),
    evidence:
      pipe === null
        ? 'no MPS daemon runs, so that only the program’s help was read'
        : `the daemon of ${pipe.folders.gpu} was asked`,
  };
}

function hasController(cgroupRoot: string, name: string): boolean {
  const file = join(cgroupRoot, 'cgroup.controllers');
  return existsSync(file) && readFileSync(file, 'utf8').trim().split(/\s+/).includes(name);
}
