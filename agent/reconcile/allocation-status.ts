import { allocationMarker } from '../../shared/domain/allocation.ts';
import type { AllocationStatus } from '../../shared/domain/node-target.ts';
import { deviceEnv } from '../drivers/runtime/replica-env.ts';
import { toldProcesses } from './allocation-use.ts';
import { isToldEnough } from './mps-plan.ts';
import type { AllocationUse, PlanInput } from './plan-input.ts';
import { grantFor } from './replica-plan.ts';

/** Pure: what a client needs to use its slices. `whyNot`: what a slice of it waits for; empty: nothing is known. */
export function allocationStatus(
  input: PlanInput,
  use: AllocationUse,
  whyNot: string,
): AllocationStatus {
  const { target, slices, quietLooks } = use;
  const about = {
    claim: target.claim,
    processes: toldProcesses(use),
    reclaiming: target.reclaiming,
    quietLooks,
  };
  const not = (reason: string): AllocationStatus => ({
    ...about,
    ready: false,
    reason,
    deviceUuids: [],
    env: {},
    mounts: [],
  });
  const grant = grantFor(input, { target, slices });
  if (!grant.ok) return not(whyNot === '' ? grant.problem : `${grant.problem}: ${whyNot}`);
  const { deviceUuids, mps } = grant.value;
  // A limit that is raised later does not reach clients that are connected already.
  const shared = slices.find((slice) => slice.shape.kind === 'mps');
  if (mps !== null && shared !== undefined && !isToldEnough(input, shared.gpu, mps)) {
    return not('the MPS daemon of its card is being told its limits');
  }
  const { mpsShmDirectory } = input.config;
  const shm = mpsShmDirectory === null ? [] : [mpsShmDirectory];
  return {
    ...about,
    ready: true,
    reason: '',
    deviceUuids,
    env: {
      ...deviceEnv(grant.value, { cudaVisible: true }),
      [allocationMarker]: target.allocation,
    },
    mounts: mps === null ? [] : [mps.pipeDirectory, ...shm],
  };
}
