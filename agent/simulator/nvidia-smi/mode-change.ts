import { unreachable } from '../../../shared/domain/assert.ts';
import { geometryOf } from '../../../shared/domain/card.ts';
import { fixed2, nvmlErrors } from './dialect.ts';
import type { Trouble } from './mig-change.ts';
import type { Change } from './reply.ts';
import { cardOf, withGpu, type ComputeMode, type SimGpu, type SimState } from './state.ts';

export type ModeCommand =
  | { readonly kind: 'mig'; readonly enabled: boolean }
  | { readonly kind: 'persistence'; readonly enabled: boolean }
  | { readonly kind: 'compute'; readonly mode: ComputeMode }
  | { readonly kind: 'power-limit'; readonly watts: number }
  | { readonly kind: 'reset' };

const inUse = 'In use by another client';
const treated = 'Treating as warning and moving on.';

/** `-mig`, `-pm`, `-c`, `-pl` and `--gpu-reset`: each selected card in turn, then `All done.` */
export function changeModes(
  state: SimState,
  gpus: readonly number[],
  command: ModeCommand,
  trouble: Trouble,
): Change {
  if (command.kind === 'reset') return resetAll(state, gpus, trouble);
  const lines: string[] = [];
  let now = state;
  for (const index of gpus) {
    const gpu = now.gpus[index];
    if (gpu === undefined) continue;
    const [next, said, refused] = changeOne(gpu, index, command, trouble);
    now = withGpu(now, index, next);
    lines.push(...said);
    if (refused !== undefined) {
      return {
        state: now,
        lines: [...lines, 'Terminating early due to previous errors.'],
        exitCode: refused,
      };
    }
  }
  return { state: now, lines: [...lines, 'All done.'], exitCode: 0 };
}

/** The card afterwards, what is said, and the exit status of an error that ends the command. */
type Changed = readonly [SimGpu, readonly string[], number?];

// oxlint-disable-next-line max-params -- a private step: the card, its index, what to do, what is in the way
function changeOne(
  gpu: SimGpu,
  index: number,
  command: Exclude<ModeCommand, { kind: 'reset' }>,
  trouble: Trouble,
): Changed {
  switch (command.kind) {
    case 'mig':
      return changeMigMode(gpu, command.enabled, obstacle(gpu, index, trouble));
    case 'persistence':
      return changePersistence(gpu, command.enabled);
    case 'compute':
      return changeComputeMode(gpu, command.mode);
    case 'power-limit':
      return changePowerLimit(gpu, command.watts);
    default:
      return unreachable(command);
  }
}

/** Why a new MIG mode only becomes pending. A virtual machine may not reset the card. */
function obstacle(gpu: SimGpu, index: number, { users, desk }: Trouble): 'busy' | 'vm' | undefined {
  if (desk.has('vm')) return 'vm';
  const busy = desk.onCard('mig-pending', index) || users.onGpu(index);
  return busy || gpu.instances.length > 0 ? 'busy' : undefined;
}

function changePersistence(gpu: SimGpu, enabled: boolean): Changed {
  const word = enabled ? 'Enabled' : 'Disabled';
  if (gpu.persistence === enabled) {
    return [gpu, [`Persistence mode is already ${word} for GPU ${gpu.busId}.`]];
  }
  return [{ ...gpu, persistence: enabled }, [`${word} persistence mode for GPU ${gpu.busId}.`]];
}

function changeComputeMode(gpu: SimGpu, mode: ComputeMode): Changed {
  const word = mode.toUpperCase();
  if (gpu.migCurrent && mode !== 'Default') {
    const line = `Setting compute mode to ${word} is not supported on a MIG-enabled device.`;
    return [gpu, [line, treated]];
  }
  if (mode === 'Exclusive_Thread') {
    return [
      gpu,
      ['Exclusive_Thread was deprecated! Use value 3:Exclusive_Process instead.'],
      nvmlErrors['Invalid Argument'],
    ];
  }
  if (gpu.computeMode === mode) {
    return [gpu, [`Compute mode is already set to ${word} for GPU ${gpu.busId}.`]];
  }
  return [{ ...gpu, computeMode: mode }, [`Set compute mode to ${word} for GPU ${gpu.busId}.`]];
}

function changePowerLimit(gpu: SimGpu, watts: number): Changed {
  const { powerLimitWatts: most } = cardOf(gpu);
  const least = Math.round(most / 4);
  if (watts < least || watts > most) {
    const line =
      `Provided power limit ${fixed2(watts)} W is not a valid power limit which should be between ` +
      `${fixed2(least)} W and ${fixed2(most)} W for GPU ${gpu.busId}`;
    return [gpu, [line], nvmlErrors['Invalid Argument']];
  }
  const before = gpu.powerLimitWatts ?? most;
  const line = `Power limit for GPU ${gpu.busId} was set to ${fixed2(watts)} W from ${fixed2(before)} W.`;
  return [{ ...gpu, powerLimitWatts: watts }, [line]];
}

/**
 * The driver applies a new mode at once (Ampere resets the card for it) unless somebody uses the card or it
 * still has instances: then the change stays pending, with a warning and exit status 0.
 */
function changeMigMode(
  gpu: SimGpu,
  enabled: boolean,
  inTheWay: 'busy' | 'vm' | undefined,
): Changed {
  const verb = enabled ? 'enable' : 'disable';
  if (geometryOf(cardOf(gpu)) === null) {
    return [gpu, [`Unable to ${verb} MIG Mode for GPU ${gpu.busId}: Not Supported`, treated]];
  }
  const settled = [`${enabled ? 'Enabled' : 'Disabled'} MIG Mode for GPU ${gpu.busId}`];
  if (gpu.migCurrent === enabled) return [{ ...gpu, migPending: enabled }, settled];
  const pending = { ...gpu, migPending: enabled };
  if (inTheWay === 'vm') {
    return [
      pending,
      [
        `Warning: MIG mode is in pending ${verb} state for GPU ${gpu.busId}:Not Supported`,
        `Reboot the system or try nvidia-smi --gpu-reset to make MIG mode effective on GPU ${gpu.busId}`,
      ],
    ];
  }
  if (inTheWay === 'busy') {
    return [
      pending,
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

/** A reset applies what is pending, ends every instance and mends what a reset can mend. */
function resetAll(state: SimState, gpus: readonly number[], { users, desk }: Trouble): Change {
  if (desk.has('vm')) {
    const lines = gpus.map((index) => `Resetting GPU ${busIdOf(state, index)} is not supported.`);
    return { state, lines, exitCode: nvmlErrors['Not Supported'] };
  }
  const busy = gpus.filter((index) => users.onGpu(index));
  let now = state;
  const lines: string[] = [];
  for (const index of gpus) {
    const gpu = now.gpus[index];
    if (gpu === undefined || busy.includes(index)) continue;
    now = withGpu(now, index, { ...gpu, migCurrent: gpu.migPending, instances: [] });
    desk.mend(index);
    lines.push(`GPU ${gpu.busId} was successfully reset.`);
  }
  if (busy.length === 0) return { state: now, lines: [...lines, 'All done.'], exitCode: 0 };
  const [are, these] =
    busy.length === 1 ? ['device is', 'this device'] : ['devices are', 'these devices'];
  lines.push(
    'The following GPUs could not be reset:',
    ...busy.map((index) => `  GPU ${busIdOf(state, index)}: ${inUse}`),
    '',
    `${busy.length} ${are} currently being used by one or more other processes (e.g., Fabric Manager, CUDA ` +
      'application, graphics application such as an X server, or a monitoring application such as ' +
      `another instance of nvidia-smi). Please first kill all processes using ${these} and all ` +
      'compute applications running in the system.',
  );
  return { state: now, lines, exitCode: 255 };
}

function busIdOf(state: SimState, index: number): string {
  return state.gpus[index]?.busId ?? '';
}
