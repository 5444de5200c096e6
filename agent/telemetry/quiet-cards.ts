import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { DcgmRow } from '../drivers/dcgm/dcgmi.ts';
import type { GpuRow } from '../drivers/nvidia-smi/nvidia-smi.ts';

export interface QuietCardsDeps {
  readonly clock: Clock;
  /** Samples further apart than this do not tell what was between them. */
  readonly staleMs: number;
  /** The newest figures of cards and instances; null: none that may stand for the present. */
  readonly dcgm: () => readonly DcgmRow[] | null;
}

type Reading = Pick<GpuRow, 'uuid' | 'utilizationPercent'>;

/**
 * Since when each card and each MIG instance has computed nothing, by every sample since: the card's own counter
 * where it has one, DCGM's for instances.
 * Invariants: what is not measured is not quiet; quiet begins no earlier than the first sample of an unbroken row.
 */
export class QuietCards {
  readonly #deps: QuietCardsDeps;
  #since: ReadonlyMap<string, number> = new Map();
  #busy: ReadonlySet<string> = new Set();
  #sampledAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: QuietCardsDeps) {
    this.#deps = deps;
  }

  /** To be called with every sample of the cards. */
  observe(cards: readonly Reading[]): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const before = nowMs - this.#sampledAtMs > this.#deps.staleMs ? new Map() : this.#since;
    const since = new Map<string, number>();
    const busy = new Set<string>();
    for (const [key, ratio] of this.#activity(cards)) {
      if (ratio > 0) busy.add(key);
      else since.set(key, before.get(key) ?? nowMs);
    }
    this.#since = since;
    this.#busy = busy;
    this.#sampledAtMs = nowMs;
  }

  /** 0: something is computed. null: not known. */
  quietMs(gpu: GpuUuid, gpuInstanceId: number | null): number | null {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#sampledAtMs > this.#deps.staleMs) return null;
    const key = keyOf(gpu, gpuInstanceId);
    if (this.#busy.has(key)) return 0;
    const sinceMs = this.#since.get(key);
    return sinceMs === undefined ? null : nowMs - sinceMs;
  }

  *#activity(cards: readonly Reading[]): Generator<readonly [key: string, activity: number]> {
    for (const { uuid, utilizationPercent } of cards) {
      if (utilizationPercent !== null) yield [keyOf(uuid, null), utilizationPercent];
    }
    for (const { gpu, gpuInstanceId, smActiveRatio, engineActiveRatio } of this.#deps.dcgm() ??
      []) {
      const ratio = smActiveRatio ?? engineActiveRatio;
      if (gpuInstanceId !== null && ratio !== null) yield [keyOf(gpu, gpuInstanceId), ratio];
    }
  }
}

function keyOf(gpu: GpuUuid, gpuInstanceId: number | null): string {
  return gpuInstanceId === null ? gpu : `${gpu}/${gpuInstanceId}`;
}
