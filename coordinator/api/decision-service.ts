import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { parsePolicyName } from '../../shared/placement/policies/names.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { serverStream } from '../../shared/wire/server-stream.ts';
import { fieldError, problemError, unary } from '../../shared/wire/unary.ts';
import type { DecisionServiceHandlers } from '../../shared/wire/generated/tangram/v1/DecisionService.ts';
import type { ReplayPolicyRequest__Output } from '../../shared/wire/generated/tangram/v1/ReplayPolicyRequest.ts';
import type { ReplayPolicyResponse } from '../../shared/wire/generated/tangram/v1/ReplayPolicyResponse.ts';
import type { OpenEngine } from '../fleet/engine-desk.ts';
import { createBreather } from '../../shared/platform/breather.ts';
import { replayDecision, type ReplayDeps } from '../replay/replay-decision.ts';
import { replayPolicy } from '../replay/replay-policy.ts';
import type { DecisionLog } from '../store/decision-log.ts';
import { encodeDecision, encodeReplay, encodeReport } from './decision-codec.ts';
import { modelNameIn } from './names.ts';
import { askedPage, encodeToken } from './page-token.ts';

export interface DecisionDeps {
  readonly decisionLog: DecisionLog;
  readonly open: OpenEngine;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Each holds a whole cluster in memory, and all take turns with the planner. */
const replaysMax = 2;

/** The door to what was decided. */
export function decisionHandlers(deps: DecisionDeps): DecisionServiceHandlers {
  const { decisionLog: log, onError } = deps;
  const replays = new Replays(deps);
  return {
    ListDecisions: unary((request) => {
      const { after, size } = askedPage('decisions', request, request.model);
      const model = request.model === '' ? null : modelNameIn(request.model);
      const before = after === null ? null : wholeIn('page_token', after);
      const rows = log.list({ limit: size + 1, model, before });
      const shown = rows.slice(0, size);
      const last = shown.at(-1);
      const more = rows.length > shown.length && last !== undefined;
      return {
        decisions: shown.map(encodeDecision),
        nextPageToken: more ? encodeToken('decisions', String(last.id), request.model) : '',
      };
    }, onError),
    ReplayDecision: unary(
      ({ id, force }, signal) =>
        replays.run(signal, async (replay) =>
          encodeReplay(await replayDecision(replay, wholeIn('id', id), { force })),
        ),
      onError,
    ),
    ReplayPolicy: replayStream(replays, onError),
  };
}

/** Counts the replays that run. */
class Replays {
  readonly #deps: DecisionDeps;
  #running = 0;

  constructor(deps: DecisionDeps) {
    this.#deps = deps;
  }

  /** Throws LIMIT_REACHED. */
  async run<T>(signal: AbortSignal, work: (deps: ReplayDeps) => Promise<T>): Promise<T> {
    if (this.#running >= replaysMax) {
      throw new AppError('LIMIT_REACHED', `${this.#running} replays are running already`, {
        hint: 'wait for one of them to end',
      });
    }
    const { decisionLog: log, open, clock } = this.#deps;
    this.#running += 1;
    try {
      return await work({ log, open, breathe: createBreather(clock, signal) });
    } finally {
      this.#running -= 1;
    }
  }
}

function replayStream(
  replays: Replays,
  onError: (error: unknown) => void,
): handleServerStreamingCall<ReplayPolicyRequest__Output, ReplayPolicyResponse> {
  return serverStream(async (call, signal) => {
    const policy = parsePolicyName(call.request.policy === '' ? 'tangram' : call.request.policy);
    if (!policy.ok) throw problemError({ ...policy.problem, path: 'policy' });
    const options = {
      policy: policy.value,
      seed: wholeIn('seed', call.request.seed),
      sinceMs: wholeIn('since_ms', call.request.sinceMs),
      // A reader that is slow misses nothing that it needs: what counts is the report.
      onProgress: (done: number, total: number) => {
        if (!call.writableNeedDrain) call.write({ progress: { done, total } });
      },
    };
    const report = await replays.run(signal, (deps) => replayPolicy(deps, options));
    call.write({ report: encodeReport(report) });
  }, onError);
}

/** 64-bit numbers arrive as text. Throws REQUEST_INVALID. */
function wholeIn(path: string, text: string | number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw fieldError(path, `${text} is out of range`, 'give a whole number of at least 0');
}
