import type { Dialect } from './dialect.ts';
import type { GpuView } from './view.ts';

/** `-L`: a lost card is listed as if healthy. */
export function renderList(views: readonly GpuView[], { major }: Dialect): readonly string[] {
  // Names and indices stand in columns since 510.
  const column = (text: string, width: number): string => (major < 510 ? text : text.padEnd(width));
  return views.flatMap((view) => [
    `GPU ${view.index}: ${view.card.productName} (UUID: ${view.gpu.uuid})`,
    ...view.devices.map((device) => {
      const index = String(device.index).padStart(major < 510 ? 0 : 2);
      return `  MIG ${column(device.name, 11)} Device ${index}: (UUID: ${device.computeInstance.uuid})`;
    }),
  ]);
}
