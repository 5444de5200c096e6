import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { AppError } from '../../shared/platform/errors.ts';
import { BoundedQueue } from '../../shared/platform/bounded-queue.ts';
import type { ApplyLayoutRequest__Output } from '../../shared/wire/generated/tangram/agent/v1/ApplyLayoutRequest.ts';
import type { ApplyLayoutResponse } from '../../shared/wire/generated/tangram/agent/v1/ApplyLayoutResponse.ts';
import type { LayoutServiceHandlers } from '../../shared/wire/generated/tangram/agent/v1/LayoutService.ts';
import type { PlanLayoutRequest__Output } from '../../shared/wire/generated/tangram/agent/v1/PlanLayoutRequest.ts';
import { toServiceError, unary } from '../../shared/wire/unary.ts';
import type { LayoutProgress } from '../layout/carry-out.ts';
import type { LayoutKeeper, LayoutRequest } from '../layout/layout-keeper.ts';
import { cardLayoutView, cardPlanView } from './layout-views.ts';

export interface LayoutServiceDeps {
  /** null: this agent is configured without nvidia-smi. */
  readonly layouts: LayoutKeeper | null;
  readonly onError: (error: unknown) => void;
}

/** What `agentctl mig` asks. */
export function layoutServiceHandlers(deps: LayoutServiceDeps): LayoutServiceHandlers {
  const { onError } = deps;
  const keeper = (): LayoutKeeper => {
    if (deps.layouts !== null) return deps.layouts;
    throw new AppError('GPU_REFUSED', 'this agent is configured without nvidia-smi', {
      hint: 'set nvidiaSmi.enabled: true',
    });
  };
  return {
    GetLayouts: unary(
      async (_request, signal) => ({
        cards: (await keeper().cards(signal)).map(cardLayoutView),
      }),
      onError,
    ),
    PlanLayout: unary(async (request, signal) => {
      const plan = await keeper().plan(requestOf(request), signal);
      return { planId: plan.id, cards: plan.cards.map(cardPlanView) };
    }, onError),
    ApplyLayout: applyLayout(keeper, onError),
    ExportLayout: unary(
      async (_request, signal) => ({ document: await keeper().exported(signal) }),
      onError,
    ),
  };
}

function requestOf(request: Omit<PlanLayoutRequest__Output, 'planId'>): LayoutRequest {
  const { document: text, source, config, interrupt } = request;
  const name = source === '' ? 'the document' : source;
  return { source: { name, text, config: config === '' ? null : config }, interrupt };
}

/** A reader that is so slow that lines are dropped still sees how it ends. */
const linesMax = 1_000;

/** The change does not depend on the call: a caller that goes away only stops watching. */
function applyLayout(
  keeper: () => LayoutKeeper,
  onError: (error: unknown) => void,
): handleServerStreamingCall<ApplyLayoutRequest__Output, ApplyLayoutResponse> {
  return (call) => {
    void (async () => {
      const lines = new BoundedQueue<LayoutProgress>(linesMax);
      try {
        const { planId, stopDcgm } = call.request;
        const over = keeper()
          .apply({ ...requestOf(call.request), planId, stopDcgm }, (line) => lines.push(line))
          .finally(() => lines.end());
        const ended = over.catch(() => undefined);
        for await (const line of lines) await send(call, line);
        await ended;
        await over;
        call.end();
      } catch (error) {
        onError(error);
        call.emit('error', toServiceError(error));
      }
    })();
  };
}

async function send(
  call: ServerWritableStream<ApplyLayoutRequest__Output, ApplyLayoutResponse>,
  { gpu: gpuUuid, ...line }: LayoutProgress,
): Promise<void> {
  if (call.cancelled || call.write({ gpuUuid, ...line })) return;
  await new Promise<void>((resolve) => {
    call.once('drain', resolve);
    call.once('cancelled', resolve);
  });
}
