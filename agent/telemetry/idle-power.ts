import type { GpuRow } from '../drivers/nvidia-smi/nvidia-smi.ts';

const cardsMax = 64;

/**
 * The least that each card has been seen to draw since the agent began: what it draws with nothing to do, as soon as it
 * once had nothing to do. Until then too much is taken for idle, never too little is left for those who run.
 */
export class IdlePower {
  readonly #watts = new Map<string, number>();

  observe(cards: readonly Pick<GpuRow, 'uuid' | 'powerDrawWatts'>[]): void {
    for (const { uuid, powerDrawWatts } of cards) {
      if (powerDrawWatts === null || powerDrawWatts <= 0) continue;
      const known = this.#watts.get(uuid);
      if (known === undefined && this.#watts.size >= cardsMax) continue;
      if (known === undefined || powerDrawWatts < known) this.#watts.set(uuid, powerDrawWatts);
    }
  }

  /** null: the card has not told its power yet. */
  wattsOf(gpu: string): number | null {
    return this.#watts.get(gpu) ?? null;
  }
}
