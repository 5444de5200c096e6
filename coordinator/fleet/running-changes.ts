import type { Change } from '../../shared/domain/change.ts';
import type { ModelName } from '../../shared/domain/ids.ts';
import { storeKeys } from '../store/values.ts';
import type { Ledger } from './ledger.ts';

/**
 * The changes that run, without a look at those that are over; all answers in order of keys.
 * Invariant: it is told of every change that is written, once it is durable.
 */
export class RunningChanges {
  readonly #table: Pick<Ledger['changes'], 'get' | 'entries' | 'size'>;
  readonly #running = new Map<string, Change>();
  readonly #exact = new Set<string>();
  readonly #byModel = new Map<string, Set<string>>();

  constructor(table: Pick<Ledger['changes'], 'get' | 'entries' | 'size'>) {
    this.#table = table;
  }

  reload(): void {
    for (const key of this.#running.keys()) this.#forget(key);
    for (const [key] of this.#table.entries()) this.note(key);
  }

  /** The change of that key is not what it was. */
  note(key: string): void {
    this.#forget(key);
    const change = this.#table.get(key)?.value;
    if (change === undefined || change.state !== 'running') return;
    this.#running.set(key, change);
    if (change.exact) this.#exact.add(key);
    for (const subject of Object.keys(change.plan.basis)) {
      const keys = this.#byModel.get(subject) ?? new Set<string>();
      this.#byModel.set(subject, keys.add(key));
    }
  }

  all(): readonly Change[] {
    return this.#ordered(this.#running.keys());
  }

  /** Those that are carried out step by step. */
  exact(): readonly Change[] {
    return this.#ordered(this.#exact);
  }

  /** Those that have to do with any of these models. */
  of(models: readonly ModelName[]): readonly Change[] {
    const keys = models.flatMap((model) => [...(this.#byModel.get(storeKeys.model(model)) ?? [])]);
    return this.#ordered(new Set(keys));
  }

  /** How many are over, and still kept. */
  get overCount(): number {
    return this.#table.size - this.#running.size;
  }

  #ordered(keys: Iterable<string>): readonly Change[] {
    return [...keys].sort().flatMap((key) => this.#running.get(key) ?? []);
  }

  #forget(key: string): void {
    const before = this.#running.get(key);
    if (before === undefined) return;
    this.#running.delete(key);
    this.#exact.delete(key);
    for (const subject of Object.keys(before.plan.basis)) {
      const keys = this.#byModel.get(subject);
      keys?.delete(key);
      if (keys?.size === 0) this.#byModel.delete(subject);
    }
  }
}
