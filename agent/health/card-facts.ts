import type { CardVerdict } from '../../shared/domain/card-health.ts';
import type { GpuActual, World } from '../observe/world.ts';

/** Pure: what runs on a card, in words for people. Our own MPS daemon is none of it: it is let go. */
export function cardUsers(world: World, gpu: GpuActual): readonly string[] {
  const devices = new Set<string>([
    gpu.uuid,
    ...gpu.inventory.instances.flatMap((each) => (each.uuid === null ? [] : [each.uuid])),
  ]);
  const replicas = world.running
    .filter((each) => each.state === 'running')
    .filter((each) => each.deviceUuids.some((device) => devices.has(device)))
    .map((each) => `replica ${each.replica}`);
  const strangers = gpu.foreignProcesses.map((each) => `process ${each.pid} (${each.name})`);
  return [...replicas, ...strangers];
}

/**
 * Pure: what speaks against a card after its reset. Old incidents are what the reset was for; heat and the like pass
 * by themselves.
 */
export function recoveryFaults(verdict: CardVerdict, sinceMs: number): readonly string[] {
  return [...verdict.reasons, ...verdict.slices.flatMap((slice) => slice.reasons)]
    .filter((each) => {
      if (each.key === 'recovery') return false;
      const grave = each.state === 'draining' || each.state === 'failed';
      if (each.key.startsWith('xid ')) return grave && each.lastMs > sinceMs;
      return grave || each.action === 'reset-when-idle' || each.key === 'ecc';
    })
    .map((each) => each.message);
}
