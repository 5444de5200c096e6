import type { GpuUuid } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { toolError } from './error-output.ts';
import type { Tool } from './tool.ts';

/** Ends everything that a card holds and begins it anew: pending modes take effect, MIG instances are lost. */
export interface GpuReset {
  /**
   * `-r -i`. Nobody may use the card, we included: samplers are let go of first. Throws GPU_BUSY while somebody does,
   * GPU_REFUSED where it cannot be had (a virtual machine: reboot that), and as `NvidiaSmi` does.
   */
  resetGpu(gpu: GpuUuid, signal: AbortSignal): Promise<void>;
}

export async function resetGpu(tool: Tool, gpu: GpuUuid, signal: AbortSignal): Promise<void> {
  const result = await tool.run(['-r', '-i', gpu], 'change', signal);
  // Some drivers say what they could not do, and end with 0.
  const done = /was successfully reset/.test(result.stdout);
  if (result.exitCode === 0 && done) return;
  const failure = toolError(`cannot reset ${gpu}`, result.stdout, result.exitCode);
  if (failure.code !== 'GPU_REFUSED') throw failure;
  throw new AppError('GPU_REFUSED', failure.message, {
    cause: failure.cause,
    hint: 'a card that is passed through to a virtual machine is reset by rebooting that',
  });
}
