import type { Evidence, Refusal } from '../../shared/placement/engine.ts';
import type { AllocationRecord } from '../store/values.ts';
import { placeAllocation } from './allocation-place.ts';
import type { LedgerWrite } from './ledger.ts';
import type { World } from './world.ts';

/** Why an allocation waits, as of the last time that anything changed. */
export interface WaitingAllocation {
  readonly refusal: Refusal;
  readonly evidence: readonly Evidence[];
  /** While it stands, asking again gives the same. */
  readonly engineVersion: number;
}

/** Allocations that wait for room: each round asks again, among the models, in order of priority. */
export class AllocationPlanner {
  readonly #world: World;
  readonly #waiting = new Map<string, WaitingAllocation>();

  constructor(world: World) {
    this.#world = world;
  }

  /** undefined: it does not wait, or has not been asked for yet. */
  waiting(name: string): WaitingAllocation | undefined {
    return this.#waiting.get(name);
  }

  /** Those that wait, in order of name. */
  queue(): readonly AllocationRecord[] {
    const queue = this.#world.ledger.allocations
      .values()
      .filter(({ claim, ended }) => claim === null && ended === null);
    const names = new Set<string>(queue.map(({ spec }) => spec.name));
    for (const name of this.#waiting.keys()) if (!names.has(name)) this.#waiting.delete(name);
    return queue;
  }

  planOne(record: AllocationRecord): (readonly LedgerWrite[])[] {
    const world = this.#world;
    const { name } = record.spec;
    if (this.#waiting.get(name)?.engineVersion === world.desk.version) return [];
    const placed = placeAllocation(world, record);
    if (placed.kind === 'placed') {
      this.#waiting.delete(name);
      world.eventOnce('pending', `allocations/${name}`, null);
      return [placed.writes];
    }
    const { refusal, evidence } = placed;
    this.#waiting.set(name, { refusal, evidence, engineVersion: world.desk.version });
    world.eventOnce('pending', `allocations/${name}`, refusal.summary);
    return [];
  }
}
