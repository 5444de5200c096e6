import type { Claim } from '../../shared/domain/claim.ts';
import { encodeSlice } from '../../shared/wire/slice-codec.ts';
import { inverted } from '../../shared/wire/fields.ts';
import type { DecidedPlace } from '../../shared/wire/generated/tangram/v1/DecidedPlace.ts';
import type { Decision } from '../../shared/wire/generated/tangram/v1/Decision.ts';
import type { PolicyReport } from '../../shared/wire/generated/tangram/v1/PolicyReport.ts';
import type { ReplayDecisionResponse } from '../../shared/wire/generated/tangram/v1/ReplayDecisionResponse.ts';
import type { Outcome } from '../replay/outcome.ts';
import type { DecisionReplay } from '../replay/replay-decision.ts';
import type { PolicyReplay } from '../replay/replay-policy.ts';
import type { LoggedDecision } from '../store/decision-log.ts';

const encodeVerdict = inverted({
  REPLAY_VERDICT_SAME: 'same',
  REPLAY_VERDICT_DIFFERS: 'differs',
  REPLAY_VERDICT_OTHER_ENGINE: 'other-engine',
} as const satisfies Readonly<Record<string, DecisionReplay['verdict']>>);

/** One row of the log. An outcome of another version of the program may lack what this one knows. */
export function encodeDecision(row: LoggedDecision): Decision {
  const outcome = JSON.parse(row.outcome) as Partial<Outcome>; // our own log wrote it
  const { id, atMs, model, policy, seed, engineVersion } = row;
  const place =
    outcome.kind === 'placed' && outcome.claim !== undefined
      ? encodePlace(outcome.claim, outcome.cost ?? 0)
      : null;
  const refusal = outcome.kind === 'refused' ? (outcome.refusal?.summary ?? 'no place') : '';
  const about = { policy, seed, engineVersion, revision: row.revision.toString() };
  return { id, atMs, model, place, refusal, ...about };
}

function encodePlace({ id, node, slices }: Claim, cost: number): DecidedPlace {
  return { claim: id, node, slices: slices.map(encodeSlice), cost };
}

export function encodeReplay(replay: DecisionReplay): ReplayDecisionResponse {
  return {
    decision: encodeDecision(replay.row),
    verdict: encodeVerdict(replay.verdict),
    engineVersion: replay.engineVersion,
    logged: replay.row.outcome,
    replayed: replay.replayed ?? '',
    differences: replay.differences.map(({ path, before, after }) => ({
      path,
      logged: before,
      replayed: after,
    })),
  };
}

export function encodeReport(report: PolicyReplay): PolicyReport {
  const { series, strandedPermille, differences, loggedPolicies, ...same } = report;
  return {
    ...same,
    loggedPolicies: [...loggedPolicies],
    differences: differences.map(({ model, replica, logged, replayed }) => ({
      model,
      replica,
      logged: logged && encodePlace(logged, 0),
      replayed: replayed && encodePlace(replayed, 0),
    })),
    allocated: [...series],
    loggedStrandedPermille: strandedPermille.logged,
    replayedStrandedPermille: strandedPermille.replayed,
  };
}
