import { readFileSync } from 'node:fs';
import { availableParallelism, hostname, release } from 'node:os';
import { join } from 'node:path';
import { parseBootId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import type { Host, HostFacts, HostSample } from './host.ts';
import { parseOsRelease } from './os-release.ts';
import { cpuRatio, parseCpuTimes, parseMemInfo, type CpuTimes } from './proc-files.ts';

/** The first that is there; source: os-release(5). */
const osReleaseFiles = ['/etc/os-release', '/usr/lib/os-release'];

/** The machine that the agent runs on. Facts are read once; samples are two small reads. */
export function createHost(options: { readonly procDirectory?: string } = {}): Host {
  const proc = options.procDirectory ?? '/proc';
  let facts: HostFacts | null = null;
  let before: CpuTimes | null = null;
  return {
    facts: async (signal) => {
      signal.throwIfAborted();
      facts ??= readFacts(proc); // One that fails is asked again by the next round.
      return facts;
    },
    sample: async (signal): Promise<HostSample> => {
      signal.throwIfAborted();
      const now = parseCpuTimes(readProcFile(proc, 'stat'));
      const memory = parseMemInfo(readProcFile(proc, 'meminfo'));
      if (now === null || memory === null) throw unreadable(proc);
      const ratio = cpuRatio(before, now);
      before = now;
      return { cpuRatio: ratio, memoryUsedMib: memory.usedMib };
    },
  };
}

function readFacts(proc: string): HostFacts {
  const bootId = parseBootId(readProcFile(proc, 'sys/kernel/random/boot_id').trim());
  const memory = parseMemInfo(readProcFile(proc, 'meminfo'));
  if (!bootId.ok || memory === null) throw unreadable(proc);
  return {
    hostname: hostname(),
    bootId: bootId.value,
    cpuCount: availableParallelism(),
    memoryTotalMib: memory.totalMib,
    kernel: release(),
    operatingSystem: parseOsRelease(readOsRelease()),
  };
}

function readOsRelease(): string {
  for (const path of osReleaseFiles) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      continue;
    }
  }
  return '';
}

function readProcFile(proc: string, name: string): string {
  try {
    return readFileSync(join(proc, name), 'utf8');
  } catch (cause) {
    throw new AppError('OUTPUT_UNREADABLE', `cannot read ${join(proc, name)}`, {
      cause,
      hint: 'the agent needs a Linux /proc',
    });
  }
}

function unreadable(proc: string): AppError {
  return new AppError('OUTPUT_UNREADABLE', `${proc} does not look like that of Linux`);
}
