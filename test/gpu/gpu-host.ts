import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GpuRow, NvidiaSmi } from '../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import { runCommand, type CommandResult } from '../../agent/drivers/process/run-command.ts';
import type { Found } from '../setup/needs.ts';
import type { Recorder } from './recorder.ts';

/** The tools of the host that the checks look at: NVIDIA's own on a real card, stand-ins where the checks are tested. */
export interface GpuHost {
  /** argv of `nvidia-smi`, `nvidia-cuda-mps-control` and the CUDA client of `test/fixtures`. */
  readonly smi: readonly string[];
  readonly mpsControl: readonly string[];
  readonly cudaClient: readonly string[];
  /** What the CUDA client needs in its environment to find the driver. */
  readonly clientEnv: Readonly<Record<string, string>>;
  readonly recorder: Recorder;
}

/** NVIDIA's tools by the names under which every driver installs them. */
export const smiCommand = ['nvidia-smi'] as const;
export const mpsCommand = ['nvidia-cuda-mps-control'] as const;

const outputBytesMax = 4 * 1024 * 1024;

/** Runs a tool as the agent does, and records what it prints. */
export async function ask(
  { recorder }: Pick<GpuHost, 'recorder'>,
  argv: readonly string[],
  options: {
    readonly kind: string;
    readonly shown: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
  },
): Promise<CommandResult> {
  const { kind, shown, ...given } = options;
  const result = await runCommand(
    { argv, ...given, timeoutMs: 60_000, outputBytesMax },
    AbortSignal.timeout(90_000),
  );
  recorder.keep({
    kind,
    command: shown,
    exitCode: result.exitCode,
    text: result.stdout + result.stderr,
  });
  return result;
}

/** Whether a driver and cards of NVIDIA answer here: the simulator is not enough. */
export function findRealCards(): Found {
  // gVisor and containers have the device without /proc/driver/nvidia; WSL has neither, but its own device.
  if (!['/dev/nvidiactl', '/dev/dxg'].some((device) => existsSync(device))) {
    return { available: false, reason: 'there is no /dev/nvidiactl: no NVIDIA driver is loaded' };
  }
  const program = whichProgram('nvidia-smi');
  if (program === null) return { available: false, reason: 'there is no nvidia-smi on the PATH' };
  if ((program + readFileSync(program, 'utf8')).includes('agent/simulator')) {
    return { available: false, reason: `${program} is the simulator` };
  }
  const listed = firstWords(['nvidia-smi', '-L']);
  return { available: listed.ok && listed.words.includes('GPU-'), reason: listed.words };
}

export function findMps(): Found {
  const program = whichProgram(mpsCommand[0]);
  return { available: program !== null, reason: `there is no ${mpsCommand[0]} on the PATH` };
}

const clientScript = fileURLToPath(new URL('../fixtures/cuda_client.py', import.meta.url));

/** Python and the driver's libcuda; `argv` is empty where one of them is missing. */
export function findCudaClient(): { readonly found: Found; readonly argv: readonly string[] } {
  // The interpreter itself: wrappers such as pyenv's need more of the environment than a replica gets.
  const look = 'import ctypes, sys; ctypes.CDLL("libcuda.so.1"); print(sys.executable)';
  const asked = firstWords(['python3', '-c', look]);
  const argv = asked.ok ? [asked.words, clientScript] : [];
  return {
    found: { available: asked.ok, reason: `python3 cannot load libcuda.so.1: ${asked.words}` },
    argv,
  };
}

/** Where this session's libcuda is, for processes that inherit nothing. */
export function libraryPath(): Readonly<Record<string, string>> {
  const { LD_LIBRARY_PATH } = process.env;
  return LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH };
}

/** A card that nobody uses and that may be used as it is; why none, where there is none. */
export async function findFreeCard(
  smi: Pick<NvidiaSmi, 'queryGpus' | 'queryProcesses'>,
  freeMib: number,
): Promise<{ readonly card: GpuRow } | { readonly reason: string }> {
  const signal = AbortSignal.timeout(60_000);
  const rows = await smi.queryGpus(signal);
  const busy = new Set((await smi.queryProcesses(signal)).map((each) => each.gpu));
  const reasons: string[] = [];
  for (const row of rows) {
    const free = (row.memoryTotalMib ?? 0) - (row.memoryUsedMib ?? 0);
    if (row.error !== null) reasons.push(`GPU ${row.index}: ${row.error}`);
    else if (row.migEnabled === true) reasons.push(`GPU ${row.index} is cut by MIG`);
    else if (row.computeMode !== 'Default') {
      reasons.push(`GPU ${row.index} has compute mode ${row.computeMode ?? 'unknown'}`);
    } else if (busy.has(row.uuid)) reasons.push(`GPU ${row.index} is in use`);
    else if (free < freeMib) reasons.push(`GPU ${row.index} has ${free} MiB free`);
    else return { card: row };
  }
  return { reason: reasons.join('; ') || 'no card answers' };
}

/** What must be the same after the checks as before. */
export async function settingsOf(smi: Pick<NvidiaSmi, 'queryGpus'>): Promise<readonly unknown[]> {
  const rows = await smi.queryGpus(AbortSignal.timeout(60_000));
  return rows.map((row) => {
    const { uuid, computeMode, persistenceMode, migEnabled, migPending, powerLimitWatts } = row;
    return { uuid, computeMode, persistenceMode, migEnabled, migPending, powerLimitWatts };
  });
}

function whichProgram(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  return found === undefined ? null : realpathSync(found);
}

/** The first line of what a program says, or why it says nothing. */
function firstWords(argv: readonly string[]): { readonly ok: boolean; readonly words: string } {
  const [program = '', ...args] = argv;
  try {
    const said = execFileSync(program, args, { encoding: 'utf8', timeout: 60_000, stdio: 'pipe' });
    return { ok: true, words: said.split('\n', 1)[0] ?? '' };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { ok: false, words: said.trim().split('\n').at(-1) ?? '' };
  }
}
