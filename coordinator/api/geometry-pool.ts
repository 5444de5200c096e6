import type { Inventory } from '../../shared/domain/inventory.ts';
import type { MigGeometry } from '../../shared/domain/mig-profile.ts';

/** There are some twenty kinds of card that can be cut, each in a few versions of the driver. */
const keptMax = 1_024;

/**
 * One object for all cards that can be cut alike: forty thousand copies of the same tables would take a hundred
 * megabytes, and be compared with each other.
 */
export class GeometryPool {
  readonly #kept = new Map<string, MigGeometry>();

  share(inventory: Inventory): Inventory {
    const gpus = inventory.gpus.map((gpu) =>
      gpu.geometry === null ? gpu : { ...gpu, geometry: this.#one(gpu.geometry) },
    );
    return { ...inventory, gpus };
  }

  #one(geometry: MigGeometry): MigGeometry {
    const text = JSON.stringify(geometry);
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    if (this.#kept.size < keptMax) this.#kept.set(text, geometry);
    return geometry;
  }
}
