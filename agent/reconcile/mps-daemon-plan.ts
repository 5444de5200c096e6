import type { GpuActual } from '../observe/world.ts';
import { authorityRefusal, bindingsOn, type PlanInput } from './plan-input.ts';
import { wait, type Step } from './steps.ts';

const exclusive = 'Exclusive_Process';

/**
 * Starts the daemon of a card that is to be shared and is silent. Pure. The compute mode first, so that nobody gets a
 * context beside the daemon's server; a process that has one already would keep the server off, and is named.
 */
export function planMpsStart(input: PlanInput, gpu: GpuActual): readonly Step[] {
  const mode = planComputeMode(input, gpu);
  if (mode.some((step) => step.kind === 'wait')) return mode;
  return [...mode, { kind: 'startMps', gpu: gpu.uuid }];
}

/** Only where we may change a card, and only from the mode that lets everybody in. */
function planComputeMode({ config }: PlanInput, gpu: GpuActual): readonly Step[] {
  const { computeMode } = gpu;
  if (config.mpsComputeMode === 'keep' || authorityRefusal(gpu, 'cut') !== null) return [];
  // A tool that does not tell the mode cannot set it either.
  if (computeMode === null || computeMode === exclusive) return [];
  const subject = { gpu: gpu.uuid };
  if (computeMode !== 'Default') {
    const detail = `the compute mode is ${computeMode}, which somebody has set; MPS needs Default or ${exclusive}`;
    return [wait('compute-mode', detail, subject)];
  }
  const [other, ...more] = gpu.foreignProcesses;
  if (other !== undefined) {
    const others = more.length === 0 ? '' : ` and ${more.length} more`;
    const detail = `process ${other.pid} (${other.name})${others} uses the card and keeps it from ${exclusive}: end it, or set mps.computeMode to keep`;
    return [wait('foreign-processes', detail, subject)];
  }
  return [{ kind: 'setComputeMode', gpu: gpu.uuid, modeBefore: computeMode }];
}

/** Our daemon leaves a card when the last share on it is gone and nobody wants another; then the compute mode is given back. */
export function planMpsGone(input: PlanInput, gpu: GpuActual): readonly Step[] {
  if (gpu.blind !== null || gpu.mps.state === 'blind') return [];
  const target = input.gpuTargets.find((each) => each.gpu === gpu.uuid);
  if (target?.mode === 'mps' && target.slices.length > 0) return [];
  if (bindingsOn(input, gpu.uuid).some((each) => each.slice.shape.kind === 'mps')) return [];
  if (authorityRefusal(gpu, 'place') !== null) return [];
  const { mps, uuid } = gpu;
  const answers = mps.state === 'answering';
  // Whoever runs it: a daemon that stays needs the mode.
  if (answers && (!mps.owned || mps.clientPids.length > 0)) return [];
  // One that is gone already is struck off by the same step: a later one may be somebody else's.
  const stop: readonly Step[] = mps.owned ? [{ kind: 'stopMps', gpu: uuid }] : [];
  return [...stop, ...planModeBack(input, gpu)];
}

function planModeBack({ computeModes, world }: PlanInput, gpu: GpuActual): readonly Step[] {
  const record = computeModes.find((each) => each.gpu === gpu.uuid);
  if (record === undefined || authorityRefusal(gpu, 'cut') !== null) return [];
  // Another boot has another mode, and whoever has set another one meanwhile meant it.
  const still = record.bootId === world.bootId && gpu.computeMode === exclusive;
  return [{ kind: 'restoreComputeMode', gpu: gpu.uuid, mode: still ? 'DEFAULT' : null }];
}
