import { unreachable } from '../../../shared/domain/assert.ts';
import { geometryOf } from '../../../shared/domain/card.ts';
import type { Users } from './mig-change.ts';
import type { Change } from './reply.ts';
import { cardOf, withGpu, type ComputeMode, type SimGpu, type SimState } from './state.ts';

export type ModeCommand =
  | { readonly kind: 'mig'; readonly enabled: boolean }
  | { readonly kind: 'persistence'; readonly enabled: boolean }
  | { readonly kind: 'compute'; readonly mode: ComputeMode }
  | { readonly kind: 'reset' };

const inUse = 'In use by another client';
const treated = 'Treating as warning and moving on.';

/** `-mig`, `-pm`, `-c` and `--gpu-reset`: each selected card in turn, then `All done.` */
export function changeModes(
  state: SimState,
  gpus: readonly number[],
  command: ModeCommand,
  users: Users,
): Change {
  if (command.kind === 'reset') return resetAll(state, gpus, users);
  const lines: string[] = [];
  let now = state;
  for (const index of gpus) {
    const gpu = now.gpus[index];
    if (gpu === undefined) continue;
    const [next, said] = changeOne(gpu, command, users.onGpu(index));
    now = withGpu(now, index, next);
    lines.push(...said);
  }
  return { state: now, lines: [...lines, 'All done.'], exitCode: 0 };
}

function changeOne(
  gpu: SimGpu,
  command: Exclude<ModeCommand, { kind: 'reset' }>,
  busy: boolean,
): readonly [SimGpu, readonly string[]] {
  switch (command.kind) {
    case 'mig':
      return changeMigMode(gpu, command.enabled, busy);
    case 'persistence':
      return changePersistence(gpu, command.enabled);
    case 'compute':
      return changeComputeMode(gpu, command.mode);
    default:
      return unreachable(command);
  }
}

function changePersistence(gpu: SimGpu, enabled: boolean): readonly [SimGpu, readonly string[]] {
  const word = enabled ? 'Enabled' : 'Disabled';
  if (gpu.persistence === enabled) {
    return [gpu, [`Persistence mode is already ${word} for GPU ${gpu.busId}.`]];
  }
  return [{ ...gpu, persistence: enabled }, [`${word} persistence mode for GPU ${gpu.busId}.`]];
}

function changeComputeMode(gpu: SimGpu, mode: ComputeMode): readonly [SimGpu, readonly string[]] {
  const word = mode.toUpperCase();
  // Exclusive modes are not supported while MIG is on.
  if (gpu.migCurrent && mode !== 'Default') {
    return [gpu, [`Unable to set the compute mode for GPU ${gpu.busId}: Not Supported`, treated]];
  }
  if (gpu.computeMode === mode) {
    return [gpu, [`Compute mode is already set to ${word} for GPU ${gpu.busId}.`]];
  }
  return [{ ...gpu, computeMode: mode }, [`Set compute mode to ${word} for GPU ${gpu.busId}.`]];
}

/**
 * The driver applies a new mode at once (Ampere resets the card for it) unless somebody uses the card or it
 * still has instances: then the change stays pending, with a warning and exit status 0.
 */
function changeMigMode(
  gpu: SimGpu,
  enabled: boolean,
  busy: boolean,
): readonly [SimGpu, readonly string[]] {
  const verb = enabled ? 'enable' : 'disable';
  if (geometryOf(cardOf(gpu)) === null) {
    return [gpu, [`Unable to ${verb} MIG Mode for GPU ${gpu.busId}: Not Supported`, treated]];
  }
  const settled = [`${enabled ? 'Enabled' : 'Disabled'} MIG Mode for GPU ${gpu.busId}`];
  if (gpu.migCurrent === enabled) return [{ ...gpu, migPending: enabled }, settled];
  if (busy || gpu.instances.length > 0) {
    return [
      { ...gpu, migPending: enabled },
      [
        `Warning: MIG mode is in pending ${verb} state for GPU ${gpu.busId}:${inUse}`,
        `${gpu.busId} is currently being used by one or more other processes (e.g. CUDA application or a ` +
          'monitoring application such as another instance of nvidia-smi). Please first kill all processes ' +
          'using the device and retry the command or reboot the system to make MIG mode effective.',
      ],
    ];
  }
  const computeMode = enabled ? 'Default' : gpu.computeMode;
  return [{ ...gpu, migCurrent: enabled, migPending: enabled, computeMode }, settled];
}

/** A reset applies what is pending, ends every instance and brings a lost card back. */
function resetAll(state: SimState, gpus: readonly number[], users: Users): Change {
  const lines: string[] = [];
  let now = state;
  let refused = false;
  for (const index of gpus) {
    const gpu = now.gpus[index];
    if (gpu === undefined) continue;
    if (users.onGpu(index)) {
      refused = true;
      lines.push(
        'The following GPUs could not be reset:',
        `  GPU ${gpu.busId}: ${inUse}`,
        '',
        '1 device is currently being used by one or more other processes (e.g., Fabric Manager, CUDA ' +
          'application, graphics application such as an X server, or a monitoring application such as ' +
          'another instance of nvidia-smi). Please first kill all processes using this device and all ' +
          'compute applications running in the system.',
      );
      continue;
    }
    now = withGpu(now, index, { ...gpu, migCurrent: gpu.migPending, instances: [] });
    if (now.fault.kind === 'lost' && now.fault.gpuIndex === index) {
      now = { ...now, fault: { kind: 'none' } };
    }
    lines.push(`GPU ${gpu.busId} was successfully reset.`);
  }
  if (!refused) lines.push('All done.');
  return { state: now, lines, exitCode: refused ? 255 : 0 };
}
