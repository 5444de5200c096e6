import { unreachable } from '../../shared/domain/assert.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import {
  engineVersion,
  type Decision,
  type Demand,
  type EngineOptions,
  type Explanation,
  type PlacementDelta,
  type PlacementEngine,
  type PlacementRequest,
  type PlacementSnapshot,
} from '../../shared/placement/engine.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { ReweighRounds } from '../../shared/placement/reweigh-rounds.ts';
import { InputsEncoder } from '../replay/inputs-codec.ts';
import { explainRefused, outcomeText, type Outcome, type Refused } from '../replay/outcome.ts';
import type { NewDecision } from '../store/decision-log.ts';
import { DemandHistogram } from './demand-histogram.ts';

/** How the live engine chooses, and how long it remembers what it was asked. */
export interface DeskOptions {
  readonly policy: PolicyName;
  readonly seed: number;
  /** Requests after which a request counts half. */
  readonly demandHalfLife: number;
}

export type OpenEngine = (snapshot: PlacementSnapshot, options: EngineOptions) => PlacementEngine;

/** A decision with the words that a refusal needs. */
export type DeskDecision = Extract<Decision, { kind: 'placed' }> | Refused;

/**
 * A new base for replays is due once the rows since the last are so many times as long as it is, and this long at least:
 * a third of the log at most is snapshots, and a replay reads little more than three of them. With 5,000 nodes writing one
 * keeps everybody waiting for half a second.
 */
const runOfBases = 2;
const runCharactersMin = 1_000_000;
const runRowsMax = 50_000;

/** A model that waits is explained anew only so often: with a thousand of them, ten a second in all. */
const explainEveryMs = { least: 10_000, each: 100 } as const;

interface Waiting {
  readonly modelVersion: number;
  readonly explainedAtMs: number;
  readonly outcome: Refused;
}

/** Models that are remembered as waiting; beyond it all are forgotten, and asked for once more. */
const waitingMax = 20_000;

/** What the log says of a decision beside what it was made from. */
interface Circumstances {
  readonly revision: bigint;
  readonly snapshot: () => PlacementSnapshot;
}

/**
 * The live engine and the record of all that it was told.
 * Invariants: every delta since the last row is in the next row, the newest of each node and claim; the demand is
 * told to the engine by a delta like everything else; `version` grows whenever an answer may change.
 */
export class EngineDesk {
  readonly #open: OpenEngine;
  readonly #options: DeskOptions;
  readonly #histogram: DemandHistogram;
  readonly #rounds = new ReweighRounds();
  readonly #encoder = new InputsEncoder();
  /** Models whose last answer was no: each asks again whenever anything changes, and that is no new request. */
  readonly #waiting = new Map<string, Waiting>();
  #engine: PlacementEngine;
  #demand: Demand = { shapes: [] };
  /** By what they are about: deltas about different things may come in any order, and the newest tells all. */
  #deltas = new Map<string, PlacementDelta>();
  #rows: NewDecision[] = [];
  /** Since the last snapshot; null: one is due. */
  #run: { rows: number; characters: number; readonly base: number } | null = null;
  #version = 0;

  constructor(open: OpenEngine, options: DeskOptions) {
    this.#open = open;
    this.#options = options;
    this.#histogram = new DemandHistogram(options.demandHalfLife);
    this.#engine = this.#opened({ nodes: [], claims: [] });
  }

  get version(): number {
    return this.#version;
  }

  /** Begins anew from what is. `declared` stands for what will be asked, as long as nothing has been. */
  reset(snapshot: PlacementSnapshot, declared: readonly ModelSpec[]): void {
    if (this.#demand.shapes.length === 0) {
      this.#histogram.seed(declared);
      this.#demand = this.#histogram.takeMoved() ?? this.#demand;
    }
    this.#engine = this.#opened(snapshot);
    this.#deltas.clear();
    this.#waiting.clear();
    this.#run = null;
    this.#version += 1;
  }

  apply(delta: PlacementDelta): void {
    if (delta.kind === 'demand-set') this.#demand = delta.demand;
    this.#engine.apply(delta);
    this.#deltas.set(subjectOf(delta), delta);
    this.#version += 1;
  }

  /** Looks ahead between requests, so that the next ones are quick: for at most so many nodes. Changes no answer. */
  refresh(nodes: number): void {
    this.#engine.refresh(nodes);
  }

  /** For "what if": nothing of it is logged. */
  fork(): PlacementEngine {
    return this.#engine.fork();
  }

  /** Says why, without a record. */
  explain(request: PlacementRequest): Explanation {
    return this.#engine.explain(request);
  }

  /**
   * Decides on record; a no that was said before in the same words is not written down again. `snapshot` is asked for
   * only when a new base for replays is due.
   */
  decide(
    request: PlacementRequest,
    revision: bigint,
    snapshot: () => PlacementSnapshot,
  ): DeskDecision {
    const name = askerOf(request);
    const before = this.#waiting.get(name);
    const again = before?.modelVersion === request.modelVersion ? before : null;
    if (again === null) this.#count(request.spec);
    const decision = this.#engine.decide(request);
    if (decision.kind === 'placed') {
      this.#waiting.delete(name);
      const { kind, claim, cost } = decision;
      this.#log(request, { kind, claim, cost }, { revision, snapshot });
      return decision;
    }
    if (again !== null && this.#isRecent(again, request.nowMs)) return again.outcome;
    const outcome = explainRefused(this.#engine, request);
    const { modelVersion, nowMs: explainedAtMs } = request;
    if (this.#waiting.size >= waitingMax) this.#waiting.clear();
    this.#waiting.set(name, { modelVersion, explainedAtMs, outcome });
    const same = again !== null && outcomeText(again.outcome) === outcomeText(outcome);
    if (!same) this.#log(request, outcome, { revision, snapshot });
    return outcome;
  }

  /** The rows to be logged before the decisions are carried out. */
  takeRows(): readonly NewDecision[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #count(request: ModelSpec): void {
    this.#histogram.add(request);
    const demand = this.#histogram.takeMoved();
    if (demand !== null) {
      this.apply({ kind: 'demand-set', demand });
      this.#rounds.restart();
    }
    const reweighed = this.#rounds.next(this.#engine);
    if (reweighed !== null) this.apply(reweighed);
  }

  /** The wall clock may jump, in both directions. */
  #isRecent(waiting: Waiting, nowMs: number): boolean {
    const periodMs = Math.max(explainEveryMs.least, this.#waiting.size * explainEveryMs.each);
    return Math.abs(nowMs - waiting.explainedAtMs) < periodMs;
  }

  #log(request: PlacementRequest, outcome: Outcome, { revision, snapshot }: Circumstances): void {
    const { policy, seed } = this.#options;
    const head = { atMs: request.nowMs, revision, engineVersion, policy, seed };
    if (this.#run === null || isRunOver(this.#run)) {
      const inputs = this.#encoder.snapshot({ ...snapshot(), demand: this.#demand });
      this.#run = { rows: 0, characters: 0, base: inputs.length };
      this.#deltas.clear();
      const none = { model: '', claim: '', request: '', outcome: '' };
      this.#rows.push({ ...head, ...none, kind: 'snapshot', inputs });
    }
    const row: NewDecision = {
      ...head,
      kind: 'decision',
      model: askerOf(request),
      claim: outcome.kind === 'placed' ? outcome.claim.id : '',
      inputs: this.#encoder.deltas([...this.#deltas.values()]),
      request: JSON.stringify(request),
      outcome: outcomeText(outcome),
    };
    this.#rows.push(row);
    this.#deltas.clear();
    this.#run.rows += 1;
    this.#run.characters += row.inputs.length + row.request.length + row.outcome.length;
  }

  #opened(snapshot: PlacementSnapshot): PlacementEngine {
    const { policy, seed } = this.#options;
    return this.#open({ ...snapshot, demand: this.#demand }, { policy, seed });
  }
}

function isRunOver(run: {
  readonly rows: number;
  readonly characters: number;
  readonly base: number;
}): boolean {
  return (
    run.rows >= runRowsMax || run.characters >= Math.max(runOfBases * run.base, runCharactersMin)
  );
}

/** A model's name; `allocations/<name>`, which no model is called. */
function askerOf({ spec, allocation }: PlacementRequest): string {
  return allocation === undefined ? spec.name : `allocations/${allocation}`;
}

function subjectOf(delta: PlacementDelta): string {
  switch (delta.kind) {
    case 'node-set':
      return `node ${delta.node.inventory.node}`;
    case 'node-removed':
      return `node ${delta.node}`;
    case 'claim-set':
      return `claim ${delta.claim.id}`;
    case 'claim-removed':
      return `claim ${delta.claim}`;
    case 'demand-set':
      return 'demand';
    default:
      return unreachable(delta);
  }
}
