import type { GpuView } from './view.ts';

/** `-L`: a lost card is listed as if healthy. */
export function renderList(views: readonly GpuView[]): readonly string[] {
  return views.flatMap((view) => [
    `GPU ${view.index}: ${view.card.productName} (UUID: ${view.gpu.uuid})`,
    ...view.devices.map(
      (device) =>
        `  MIG ${device.name.padEnd(11)} Device ${String(device.index).padStart(2)}: ` +
        `(UUID: ${device.computeInstance.uuid})`,
    ),
  ]);
}
