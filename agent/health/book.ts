import type { BootId, GpuUuid } from '../../shared/domain/ids.ts';
import { xidRow } from '../../shared/domain/xid-catalog.ts';
import type { HealthStore } from '../store/health-part.ts';
import type { CardHealthRecord, CardRecovery, KernelLogPosition } from '../store/health-records.ts';
import { incidentsOf, withSighting, type CardSighting } from './incidents.ts';

/**
 * What is known of the cards' health beyond one look.
 * Invariants: what it answers is on disk; incidents of another boot are not told.
 */
export class HealthBook {
  readonly #store: HealthStore;
  readonly #records: Map<GpuUuid, CardHealthRecord>;
  readonly #totals = new Map<GpuUuid, Map<string, number>>();

  constructor(store: HealthStore) {
    this.#store = store;
    this.#records = new Map(store.cardHealth().map((record) => [record.gpu, record]));
  }

  records(): ReadonlyMap<GpuUuid, CardHealthRecord> {
    return this.#records;
  }

  position(): KernelLogPosition | null {
    return this.#store.kernelLogPosition();
  }

  /** Xids since this agent began, by card and code; codes that nobody knows count as `other`. */
  totals(): ReadonlyMap<GpuUuid, ReadonlyMap<string, number>> {
    return this.#totals;
  }

  /** Writes some sightings and how far the log was read in one go; answers those of a new kind. */
  record(
    seen: readonly CardSighting[],
    at: { readonly bootId: BootId; readonly position: KernelLogPosition | null },
  ): readonly CardSighting[] {
    const changed = new Map<GpuUuid, CardHealthRecord>();
    const fresh: CardSighting[] = [];
    for (const each of seen) {
      const { gpu, sighting } = each;
      const record = changed.get(gpu) ?? this.#records.get(gpu);
      const before = incidentsOf(record, at.bootId);
      const incidents = withSighting(before, sighting);
      if (incidents.length > before.length) fresh.push(each);
      changed.set(gpu, { gpu, bootId: at.bootId, incidents, recovery: record?.recovery ?? null });
    }
    this.#save([...changed.values()], at.position);
    for (const { gpu, sighting } of seen) this.#count(gpu, sighting.code);
    return fresh;
  }

  /**
   * One journal entry: the state of the recovery, and with it the end of the incidents that came until
   * `overUntilMs` (null: of none).
   */
  saveRecovery(
    gpu: GpuUuid,
    recovery: CardRecovery,
    at: { readonly bootId: BootId; readonly overUntilMs: number | null },
  ): void {
    const { bootId, overUntilMs } = at;
    const incidents = incidentsOf(this.#records.get(gpu), bootId).filter(
      (each) => overUntilMs === null || each.lastMs > overUntilMs,
    );
    this.#save([{ gpu, bootId, incidents, recovery }], null);
  }

  #save(records: readonly CardHealthRecord[], position: KernelLogPosition | null): void {
    if (records.length === 0 && position === null) return;
    this.#store.saveCardHealth(records, position);
    for (const record of records) this.#records.set(record.gpu, record);
  }

  #count(gpu: GpuUuid, code: number): void {
    const totals = this.#totals.get(gpu) ?? new Map<string, number>();
    const label = xidRow(code).name === 'unknown' ? 'other' : String(code);
    totals.set(label, (totals.get(label) ?? 0) + 1);
    this.#totals.set(gpu, totals);
  }
}
