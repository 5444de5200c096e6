import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { ListedGpu, ListedMigDevice } from '../../formats/listings/gpu-list.ts';
import type { ListedComputeInstance, ListedGpuInstance } from '../../formats/mig/mig-instances.ts';
import type { MigInstanceRow } from './nvidia-smi.ts';

/**
 * Tells which MIG UUID belongs to which instance. No listing says it since driver 470: `-L` numbers the devices by
 * rank of (GPU instance id, compute instance id), and its names must then agree. A disagreement means that
 * somebody changed the card between two of the three listings, and is a problem, never a guess.
 */
export function joinMigInstances(
  gpuInstances: readonly ListedGpuInstance[],
  computeInstances: readonly ListedComputeInstance[],
  gpus: readonly ListedGpu[],
): Result<readonly MigInstanceRow[]> {
  const uuids = new Map<string, string>();
  for (const gpuIndex of new Set(computeInstances.map((each) => each.gpuIndex))) {
    const ranked = computeInstances
      .filter((each) => each.gpuIndex === gpuIndex)
      .toSorted(
        (a, b) => a.gpuInstanceId - b.gpuInstanceId || a.computeInstanceId - b.computeInstanceId,
      );
    const devices = (gpus.find((gpu) => gpu.index === gpuIndex)?.migDevices ?? []).toSorted(
      (a, b) => a.index - b.index,
    );
    if (ranked.length !== devices.length) return err(changedMeanwhile(gpuIndex));
    for (const [rank, instance] of ranked.entries()) {
      const device = devices[rank];
      if (device === undefined || !belongs(instance, device))
        return err(changedMeanwhile(gpuIndex));
      uuids.set(key(instance), device.uuid);
    }
  }
  return ok(gpuInstances.map((instance) => withCompute(instance, computeInstances, uuids)));
}

function withCompute(
  instance: ListedGpuInstance,
  all: readonly ListedComputeInstance[],
  uuids: ReadonlyMap<string, string>,
): MigInstanceRow {
  const own = all
    .filter(
      (each) =>
        each.gpuIndex === instance.gpuIndex && each.gpuInstanceId === instance.gpuInstanceId,
    )
    .toSorted((a, b) => a.computeInstanceId - b.computeInstanceId);
  const first = own[0];
  return {
    ...instance,
    computeInstanceIds: own.map((each) => each.computeInstanceId),
    computeProfiles: own.map((each) => each.profile),
    // Ours have one compute instance; of a foreign one with several the first stands for the instance.
    uuid: first === undefined ? null : (uuids.get(key(first)) ?? null),
  };
}

const oldStyle = /^MIG-GPU-[^/]+\/(\d+)\/(\d+)$/;

function belongs(instance: ListedComputeInstance, device: ListedMigDevice): boolean {
  const ids = oldStyle.exec(device.uuid);
  if (ids !== null && Number(ids[1]) !== instance.gpuInstanceId) return false;
  return base(instance.profile) === base(device.profileName);
}

/** `-L` leaves out attributes such as `+me`. */
function base(name: string): string {
  return name.replace(/[+-].*$/, '');
}

function key(instance: ListedComputeInstance): string {
  return `${instance.gpuIndex}/${instance.gpuInstanceId}/${instance.computeInstanceId}`;
}

function changedMeanwhile(gpuIndex: number): { code: string; message: string } {
  return {
    code: 'MIG_LISTINGS_DISAGREE',
    message: `the lists of MIG devices and instances of GPU ${gpuIndex} do not agree`,
  };
}
