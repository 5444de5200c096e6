import type { DecisionServiceClient } from '../../shared/wire/generated/tangram/v1/DecisionService.ts';
import type { ListDecisionsResponse__Output } from '../../shared/wire/generated/tangram/v1/ListDecisionsResponse.ts';
import type { ReplayDecisionResponse__Output } from '../../shared/wire/generated/tangram/v1/ReplayDecisionResponse.ts';
import type { ReplayPolicyRequest } from '../../shared/wire/generated/tangram/v1/ReplayPolicyRequest.ts';
import type { ReplayPolicyResponse__Output } from '../../shared/wire/generated/tangram/v1/ReplayPolicyResponse.ts';
import type { Via } from './ask.ts';

/** What the command line asks of the log of decisions. */
export interface DecisionCalls {
  /** One page, newest first. `pageToken` empty: the newest. */
  listDecisions(asked: {
    readonly model: string;
    readonly pageSize: number;
    readonly pageToken: string;
  }): Promise<ListDecisionsResponse__Output>;
  /** Throws DECISION_UNKNOWN, DECISION_LOST, LIMIT_REACHED. */
  replayDecision(id: number, force: boolean): Promise<ReplayDecisionResponse__Output>;
  /** Progress, then one report. Ends early when `signal` aborts. */
  replayPolicy(
    request: ReplayPolicyRequest,
    signal: AbortSignal,
  ): AsyncIterable<ReplayPolicyResponse__Output>;
}

export function decisionCalls(
  decision: DecisionServiceClient,
  via: Pick<Via, 'ask' | 'read'>,
): DecisionCalls {
  return {
    listDecisions: async (asked) =>
      via.ask<object, ListDecisionsResponse__Output>(
        (sent, options, answer) => decision.listDecisions(sent, options, answer),
        asked,
      ),
    replayDecision: async (id, force) =>
      via.ask<object, ReplayDecisionResponse__Output>(
        (sent, options, answer) => decision.replayDecision(sent, options, answer),
        { id, force },
      ),
    replayPolicy: (request, signal) => via.read(decision.replayPolicy(request), signal),
  };
}
