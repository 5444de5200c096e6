import type { PlanStep } from './change.ts';
import type { ModelName } from './ids.ts';

/** How long something takes. */
export interface Estimate {
  readonly seconds: number;
  /** `learned`: from finished changes of this cluster. */
  readonly source: 'stated' | 'learned';
}

/** What plans are priced with. An input of every planner: none of them holds a duration of its own. */
export interface Estimates {
  /** `start-replica` holds for models that `starts` does not name. */
  readonly steps: Readonly<Record<PlanStep['kind'], Estimate>>;
  /** From the start of a replica until it is ready, by model. */
  readonly starts: ReadonlyMap<ModelName, Estimate>;
  /** Image and weights of a model, in bytes; a model that is missing has a size that nobody knows. */
  readonly fetchBytes: ReadonlyMap<ModelName, number>;
}

/**
 * What is said as long as nothing has been learned: instances are made and destroyed in about a second, a mode
 * switch may reset the card, and how long a model takes to load is a guess.
 */
export const statedEstimates: Estimates = {
  steps: {
    'set-mode': { seconds: 10, source: 'stated' },
    'create-slice': { seconds: 1, source: 'stated' },
    'destroy-slice': { seconds: 1, source: 'stated' },
    'start-replica': { seconds: 20, source: 'stated' },
    'stop-replica': { seconds: 10, source: 'stated' },
  },
  starts: new Map(),
  fetchBytes: new Map(),
};
