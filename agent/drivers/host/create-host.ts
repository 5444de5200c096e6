import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import type * as SystemInformation from 'systeminformation';
import { parseBootId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import type { Host, HostFacts, HostSample } from './host.ts';
import { cpuRatio, parseCpuTimes, parseMemInfo, type CpuTimes } from './proc-files.ts';

const require = createRequire(import.meta.url);

/** The machine that the agent runs on. Facts are asked once (that spawns processes); samples are two small reads. */
export function createHost(options: { readonly procDirectory?: string } = {}): Host {
  const proc = options.procDirectory ?? '/proc';
  let facts: Promise<HostFacts> | null = null;
  let before: CpuTimes | null = null;
  return {
    facts: async (signal) => {
      signal.throwIfAborted();
      facts ??= readFacts(proc).catch((error: unknown) => {
        facts = null; // The next round may ask again.
        throw error;
      });
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

async function readFacts(proc: string): Promise<HostFacts> {
  const bootId = parseBootId(readProcFile(proc, 'sys/kernel/random/boot_id').trim());
  const memory = parseMemInfo(readProcFile(proc, 'meminfo'));
  if (!bootId.ok || memory === null) throw unreadable(proc);
  // Loaded here: it is asked once, and every other program of ours does without. Required, not imported: on busy hosts
  // the import was seen to answer a module without its functions, for ever.
  const { osInfo } = require('systeminformation') as typeof SystemInformation;
  const system = await osInfo();
  return {
    hostname: hostname(),
    bootId: bootId.value,
    cpuCount: availableParallelism(),
    memoryTotalMib: memory.totalMib,
    kernel: system.kernel,
    operatingSystem: `${system.distro} ${system.release}`.trim(),
  };
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
