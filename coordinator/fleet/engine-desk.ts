import {
  engineVersion,
  type Decision,
  type Explanation,
  type PlacementDelta,
  type PlacementEngine,
  type PlacementRequest,
  type PlacementSnapshot,
} from '../../shared/placement/engine.ts';
import type { LoggedDecision } from '../store/decision-log.ts';

type Row = Omit<LoggedDecision, 'id'>;

/** Rows between two snapshots: a log that keeps twice as many can always be replayed from its newest snapshot. */
const decisionsPerSnapshot = 500;

/** The one policy there is; logged, so that a later choice of policies does not make old rows ambiguous. */
const policy = 'best-fit';

/**
 * The live engine and the record of all that it was told.
 * Invariants: every delta since the last row is in the next row; `version` grows whenever an answer may change.
 */
export class EngineDesk {
  readonly #open: (snapshot: PlacementSnapshot) => PlacementEngine;
  #engine: PlacementEngine;
  #deltas: PlacementDelta[] = [];
  #rows: Row[] = [];
  #sinceSnapshot = Number.POSITIVE_INFINITY;
  #version = 0;

  constructor(open: (snapshot: PlacementSnapshot) => PlacementEngine) {
    this.#open = open;
    this.#engine = open({ nodes: [], claims: [] });
  }

  get version(): number {
    return this.#version;
  }

  reset(snapshot: PlacementSnapshot): void {
    this.#engine = this.#open(snapshot);
    this.#deltas = [];
    this.#sinceSnapshot = Number.POSITIVE_INFINITY;
    this.#version += 1;
  }

  apply(delta: PlacementDelta): void {
    this.#engine.apply(delta);
    this.#deltas.push(delta);
    this.#version += 1;
  }

  /** For "what if": nothing of it is logged. */
  fork(): PlacementEngine {
    return this.#engine.fork();
  }

  /** Says why, without a record. */
  explain(request: PlacementRequest): Explanation {
    return this.#engine.explain(request);
  }

  /** Decides on record. `snapshot` is asked for only when a new base for replays is due. */
  decide(request: PlacementRequest, revision: bigint, snapshot: () => PlacementSnapshot): Decision {
    const base = { atMs: request.nowMs, revision, engineVersion, policy };
    const model = request.spec.name;
    if (this.#sinceSnapshot >= decisionsPerSnapshot) {
      const inputs = JSON.stringify(snapshot());
      const row: Row = { ...base, kind: 'snapshot', model: '', inputs, request: '', outcome: '' };
      this.#rows.push(row);
      this.#deltas = [];
      this.#sinceSnapshot = 0;
    }
    const decision = this.#engine.decide(request);
    this.#rows.push({
      ...base,
      kind: 'decision',
      model,
      inputs: JSON.stringify(this.#deltas),
      request: JSON.stringify(request),
      outcome: JSON.stringify(decision),
    });
    this.#deltas = [];
    this.#sinceSnapshot += 1;
    return decision;
  }

  /** The rows to be logged before the decisions are carried out. */
  takeRows(): readonly Row[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }
}
