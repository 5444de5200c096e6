import type { FaultDesk } from '../faults/fault-desk.ts';
import { dialectOf } from './dialect.ts';
import { reply, type Reply } from './reply.ts';
import type { SimState } from './state.ts';
import { hang, rest, type Surroundings } from './surroundings.ts';

/** What a fault makes of a whole invocation of `nvidia-smi`; undefined: it answers what it was asked. */
export async function misbehave(
  around: Surroundings,
  state: SimState,
  desk: FaultDesk,
): Promise<Reply | undefined> {
  if (desk.has('hang')) {
    await hang(around);
    return interrupted;
  }
  if (!(await rest(around, desk.value('slow') ?? 0))) return interrupted;
  if (desk.has('no-driver')) return noDriver;
  if (desk.has('mismatch')) {
    const nvml = dialectOf(state.driverVersion);
    // The second line came with 535.
    const version =
      nvml === undefined || nvml.major < 535 ? [] : [`NVML library version: ${nvml.nvmlVersion}`];
    return reply(['Failed to initialize NVML: Driver/library version mismatch', ...version], 18);
  }
  if (desk.has('no-permission')) {
    return reply(['Failed to initialize NVML: Insufficient Permissions'], 4);
  }
  if (desk.has('garbage')) {
    const rubbish = '\u0000\u0001<<< 0x7ffffffffffffff0, , [[N/A %%';
    return reply([rubbish, '42', '<?xml <nvidia_smi_log']);
  }
  return undefined;
}

const interrupted = reply([], 130);
const noDriver = reply(
  [
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
    '',
  ],
  9,
);

/** Lets only the first bytes through. */
export function truncated(out: (text: string) => void, bytes: number): (text: string) => void {
  let left = bytes;
  return (text) => {
    const kept = Buffer.from(text).subarray(0, left);
    left -= kept.length;
    if (kept.length > 0) out(kept.toString());
  };
}
