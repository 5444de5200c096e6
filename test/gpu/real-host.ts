import { mkdtempSync, rmSync } from 'node:fs';
import type { TestContext } from 'vitest';
import { createNvidiaSmi } from '../../agent/drivers/nvidia-smi/create-nvidia-smi.ts';
import type { GpuRow } from '../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import { needs } from '../setup/needs.ts';
import { driverOf } from './check-readings.ts';
import {
  findCudaClient,
  findFreeCard,
  findRealCards,
  libraryPath,
  mpsCommand,
  smiCommand,
  type GpuHost,
} from './gpu-host.ts';
import { openRecorder } from './recorder.ts';

export const realCards = findRealCards();
export const smi = createNvidiaSmi({ command: smiCommand });

/** NVIDIA's own tools; what they print is kept where `OUT` names a folder. */
export async function openRealHost(): Promise<GpuHost> {
  const cards = await smi.queryGpus(AbortSignal.timeout(60_000));
  return {
    smi: smiCommand,
    mpsControl: mpsCommand,
    cudaClient: [],
    clientEnv: libraryPath(),
    recorder: openRecorder(process.env['OUT'], driverOf(cards)),
  };
}

/** The same with a CUDA client, and a card that it may use; skips the test where one of them is missing. */
export async function openCudaHost(
  context: Pick<TestContext, 'skip'>,
  freeMib: number,
): Promise<{ readonly host: GpuHost; readonly card: GpuRow }> {
  const client = findCudaClient();
  needs(context, 'libcuda', client.found);
  const free = await findFreeCard(smi, freeMib);
  if (!('card' in free)) return context.skip(`needs a free card: ${free.reason}`);
  return { host: { ...(await openRealHost()), cudaClient: client.argv }, card: free.card };
}

/** A folder for sockets, whose paths must be short; removed when `use` is over. */
export async function inShortFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync('/tmp/tgg-');
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
