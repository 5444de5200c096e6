import type { ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { World } from './world.ts';

/** What a round looks at although nothing has come up about it. */
export interface SweepSlice {
  readonly nodes: readonly NodeName[];
  readonly models: readonly ModelName[];
}

/** What one round takes of it at most: some milliseconds, in which nobody is answered. */
const sliceMax = { nodes: 512, copies: 1_000 } as const;
/** Between slices: a fleet that needs many of them is looked at less often, not with less left for others. */
const sliceEveryMs = 25;

/**
 * Goes through everything again and again, for what only time changes and what no note was made of: once in each tick
 * where that is one slice, as with some hundred copies, and in slices one after another where it is more.
 */
export class Sweep {
  readonly #world: World;
  #nodes: NodeName[] = [];
  #models: ModelName[] = [];
  #beganMs = -Infinity;
  #dueAtMs = -Infinity;

  constructor(world: World) {
    this.#world = world;
  }

  /** When the next slice is to be taken; monotonic. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** The slice whose time has come; null: none. */
  take(): SweepSlice | null {
    const { clock, limits } = this.#world.deps;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#dueAtMs) return null;
    if (this.#isOver) this.#begin(nowMs);
    const slice = {
      nodes: this.#nodes.splice(0, sliceMax.nodes),
      models: this.#models.splice(0, this.#modelsInSlice()),
    };
    this.#dueAtMs = nowMs + sliceEveryMs;
    if (this.#isOver) this.#dueAtMs = Math.max(this.#dueAtMs, this.#beganMs + limits.tickMs);
    return slice;
  }

  get #isOver(): boolean {
    return this.#nodes.length + this.#models.length === 0;
  }

  #begin(nowMs: number): void {
    const { registry, ledger } = this.#world;
    this.#beganMs = nowMs;
    this.#nodes = registry.all().map(({ node }) => node);
    this.#models = ledger.models.values().map(({ spec }) => spec.name);
  }

  /** One at least, however many copies it has. */
  #modelsInSlice(): number {
    let copies = 0;
    let models = 0;
    for (const name of this.#models) {
      copies += 1 + this.#world.copyCount(name);
      if (models > 0 && copies > sliceMax.copies) break;
      models += 1;
    }
    return models;
  }
}
