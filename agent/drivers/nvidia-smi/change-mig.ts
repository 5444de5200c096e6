import type { GpuUuid } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { cellSwitch, parseCsvTable } from '../../formats/csv/csv-table.ts';
import { parseMigChanges } from '../../formats/mig/mig-changes.ts';
import type { CommandResult } from '../process/run-command.ts';
import { toolError } from './error-output.ts';
import type { NewInstance } from './nvidia-smi.ts';
import { readable, type Tool } from './tool.ts';

/**
 * Makes one GPU instance at exactly `start`, with its compute instances. A half-made instance (compute instances are
 * missing) is given back, so that a failure leaves what was there before.
 */
export async function createMigInstance(
  tool: Tool,
  gpu: GpuUuid,
  placement: NewInstance,
  signal: AbortSignal,
): Promise<void> {
  const { giProfileId, start } = placement;
  const compute = placement.compute ?? null;
  const doing = `cannot create MIG profile ${giProfileId} at ${start} on ${gpu}`;
  const whole = compute === null ? ['-C'] : [];
  const args = ['mig', '-i', gpu, '-cgi', `${giProfileId}:${start}`, ...whole];
  const result = await tool.run(args, 'change', signal);
  const changes = parseMigChanges(result.stdout);
  const made = changes.gpuInstancesCreated[0];
  if (made === undefined) throw toolError(doing, result.stdout, result.exitCode);
  const gi = String(made.gpuInstanceId);
  const enough = compute !== null || changes.computeInstancesCreated.length > 0;
  if (result.exitCode !== 0 || !enough) {
    await tool.run(['mig', '-i', gpu, '-dgi', '-gi', gi], 'change', signal);
    throw toolError(doing, result.stdout, result.exitCode);
  }
  if (compute === null || compute.length === 0) return;
  const inside = await tool.run(
    ['mig', '-i', gpu, '-gi', gi, '-cci', compute.join(',')],
    'change',
    signal,
  );
  const { computeInstancesCreated } = parseMigChanges(inside.stdout);
  if (inside.exitCode === 0 && computeInstancesCreated.length === compute.length) return;
  // Some may have been made before one was refused.
  await tool.run(['mig', '-i', gpu, '-dci', '-gi', gi], 'change', signal);
  await tool.run(['mig', '-i', gpu, '-dgi', '-gi', gi], 'change', signal);
  throw toolError(doing, inside.stdout, inside.exitCode);
}

/** Destroys the compute instances, then the GPU instance. What is gone already is no failure. */
export async function destroyMigInstance(
  tool: Tool,
  gpu: GpuUuid,
  instance: { readonly gpuInstanceId: number; readonly computeInstanceIds: readonly number[] },
  signal: AbortSignal,
): Promise<'destroyed' | 'already-gone'> {
  const gi = String(instance.gpuInstanceId);
  for (const ci of instance.computeInstanceIds) {
    const result = await tool.run(
      ['mig', '-i', gpu, '-dci', '-gi', gi, '-ci', String(ci)],
      'change',
      signal,
    );
    if (result.exitCode !== 0 && !isGone(result)) {
      throw toolError(
        `cannot destroy compute instance ${ci} of GPU instance ${gi} on ${gpu}`,
        result.stdout,
        result.exitCode,
      );
    }
  }
  const result = await tool.run(['mig', '-i', gpu, '-dgi', '-gi', gi], 'change', signal);
  if (result.exitCode === 0) return 'destroyed';
  if (isGone(result)) return 'already-gone';
  throw toolError(`cannot destroy GPU instance ${gi} on ${gpu}`, result.stdout, result.exitCode);
}

/** `Not Found` for a single id; with MIG off there is nothing to find either. */
function isGone(result: CommandResult): boolean {
  const { failures } = parseMigChanges(result.stdout);
  if (failures.length > 0) return failures.every(({ reason }) => reason === 'Not Found');
  return /^No (MIG-enabled devices|GPU instances|compute instances) found/m.test(result.stdout);
}

const modeColumns = ['mig.mode.current', 'mig.mode.pending'];

/** Sets the mode and reads it back: the tool exits with 0 for a change that waits, and for one it cannot make. */
export async function setMigMode(
  tool: Tool,
  gpu: GpuUuid,
  enabled: boolean,
  signal: AbortSignal,
): Promise<'active' | 'pending'> {
  const doing = `cannot switch MIG ${enabled ? 'on' : 'off'} on ${gpu}`;
  const set = await tool.run(['-i', gpu, '-mig', enabled ? '1' : '0'], 'change', signal);
  if (set.exitCode !== 0) throw toolError(doing, set.stdout, set.exitCode);
  const args = ['-i', gpu, `--query-gpu=${modeColumns.join(',')}`, '--format=csv,noheader,nounits'];
  const read = await tool.run(args, 'query', signal);
  if (read.exitCode !== 0) throw toolError(doing, read.stdout, read.exitCode);
  const table = readable(parseCsvTable(read.stdout, modeColumns, []), 'the MIG mode of a card');
  const row = table.rows[0];
  if (row !== undefined && cellSwitch(row, 'mig.mode.current') === enabled) return 'active';
  if (row !== undefined && cellSwitch(row, 'mig.mode.pending') === enabled) return 'pending';
  throw toolError(doing, set.stdout, set.exitCode);
}

/** `-c`: EXCLUSIVE_PROCESS is not supported while MIG is on. */
export async function setComputeMode(
  tool: Tool,
  gpu: GpuUuid,
  mode: 'DEFAULT' | 'EXCLUSIVE_PROCESS',
  signal: AbortSignal,
): Promise<void> {
  const result = await tool.run(['-i', gpu, '-c', mode], 'change', signal);
  if (result.exitCode !== 0) {
    throw toolError(
      `cannot set the compute mode of ${gpu} to ${mode}`,
      result.stdout,
      result.exitCode,
    );
  }
  if (/not supported|Unable to/i.test(result.stdout)) {
    throw new AppError('GPU_REFUSED', `cannot set the compute mode of ${gpu} to ${mode}`, {
      cause: new Error(result.stdout.trim().slice(0, 400)),
      hint: 'the compute mode cannot be changed while MIG is on',
    });
  }
}
