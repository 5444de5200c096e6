import { assert } from '../../shared/domain/assert.ts';
import {
  engineVersion,
  type EngineOptions,
  type PlacementEngine,
  type PlacementSnapshot,
} from '../../shared/placement/engine.ts';
import { parsePolicyName } from '../../shared/placement/policies/names.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { DecisionLog, LoggedDecision } from '../store/decision-log.ts';
import type { Breathe } from '../../shared/platform/breather.ts';
import { diffJson, type Difference } from './diff-json.ts';
import { outcomeOf, outcomeText } from './outcome.ts';
import { readRows } from './read-rows.ts';

/** What came of making a logged decision again. */
export interface DecisionReplay {
  readonly row: LoggedDecision;
  /**
   * `same`: the same bytes. `other-engine`: another version of the engine made it, and nothing was tried, or was and
   * `replayed` says what this one would do; that the bytes agree proves nothing then.
   */
  readonly verdict: 'same' | 'differs' | 'other-engine';
  /** The version that replays. */
  readonly engineVersion: string;
  /** What it comes to now, as text; null: not tried. */
  readonly replayed: string | null;
  readonly differences: readonly Difference[];
}

export interface ReplayDeps {
  readonly log: DecisionLog;
  readonly open: (snapshot: PlacementSnapshot, options: EngineOptions) => PlacementEngine;
  readonly breathe: Breathe;
}

/**
 * Makes decision `id` again from the newest snapshot before it and every delta since, with the policy and the seed of
 * its row. `force`: also when another version of the engine made it.
 * Throws DECISION_UNKNOWN; DECISION_LOST when the log no longer has what it was made from.
 */
export async function replayDecision(
  deps: ReplayDeps,
  id: number,
  options: { readonly force: boolean },
): Promise<DecisionReplay> {
  const row = findDecision(deps.log, id);
  const other = row.engineVersion !== engineVersion;
  if (other && !options.force) {
    return { row, verdict: 'other-engine', engineVersion, replayed: null, differences: [] };
  }
  const replayed = await decideAgain(deps, row);
  const verdict = other ? 'other-engine' : replayed === row.outcome ? 'same' : 'differs';
  const differences = diffJson(JSON.parse(row.outcome), JSON.parse(replayed));
  return { row, verdict, engineVersion, replayed, differences };
}

function findDecision(log: DecisionLog, id: number): LoggedDecision {
  const row = log.get(id);
  if (row?.kind === 'decision') return row;
  const oldest = log.firstSnapshot()?.id;
  const kept = oldest === undefined ? 'the log is empty' : `the log keeps those after ${oldest}`;
  throw new AppError('DECISION_UNKNOWN', `there is no decision ${id}`, {
    hint: `list decisions with: tangram decisions (${kept})`,
  });
}

async function decideAgain(deps: ReplayDeps, row: LoggedDecision): Promise<string> {
  const { log, open, breathe } = deps;
  const snapshot = log.snapshotBefore(row.id);
  if (snapshot === undefined) throw lost(row.id);
  let engine: PlacementEngine | null = null;
  for await (const step of readRows(log, { snapshot, to: row.id }, breathe)) {
    if (step.kind === 'snapshot') {
      engine = open(step.snapshot, { policy: policyOf(row), seed: row.seed });
      continue;
    }
    assert(engine !== null, 'a run of rows begins with a snapshot');
    for (const delta of step.deltas) engine.apply(delta);
    if (step.row.id === row.id) return outcomeText(outcomeOf(engine, step.request));
  }
  throw lost(row.id);
}

function policyOf(row: LoggedDecision) {
  const policy = parsePolicyName(row.policy);
  if (policy.ok) return policy.value;
  throw new AppError(
    'DECISION_LOST',
    `decision ${row.id} was made by a policy ${JSON.stringify(row.policy)} that this program does not have`,
    { hint: policy.problem.hint ?? '' },
  );
}

function lost(id: number): AppError {
  return new AppError('DECISION_LOST', `what decision ${id} was made from is no longer kept`, {
    hint: 'the log is bounded; replay a newer one (tangram decisions)',
  });
}
