import type { ServerReadableStream, sendUnaryData } from '@grpc/grpc-js';
import type { NodeName } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { decoding, whole } from '../../shared/wire/fields.ts';
import { problemError, toServiceError } from '../../shared/wire/unary.ts';
import type { LinkServiceHandlers } from '../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import type { TelemetryRequest__Output } from '../../shared/wire/generated/tangram/link/v1/TelemetryRequest.ts';
import type { TelemetryResponse } from '../../shared/wire/generated/tangram/link/v1/TelemetryResponse.ts';
import type { Samples } from '../telemetry/samples.ts';
import { ControlSession, type ControlDeps } from './control-session.ts';
import { nodeNameIn } from './names.ts';

export interface LinkDeps extends ControlDeps {
  readonly samples: Samples;
}

/** The door for agents. `sessions` holds the live control streams, so that a stopping server can end them. */
export function linkHandlers(deps: LinkDeps, sessions: Set<ControlSession>): LinkServiceHandlers {
  return {
    Control: (call) => {
      const session = new ControlSession(call, deps);
      sessions.add(session);
      void session.run().finally(() => sessions.delete(session));
    },
    Telemetry: (call, answer) => receiveTelemetry(call, answer, deps),
  };
}

function receiveTelemetry(
  call: ServerReadableStream<TelemetryRequest__Output, TelemetryResponse>,
  answer: sendUnaryData<TelemetryResponse>,
  deps: LinkDeps,
): void {
  let node: NodeName | undefined;
  let accepted = 0;
  let over = false;
  const finish = (error: unknown): void => {
    if (over) return;
    over = true;
    if (error === undefined) answer(null, { batchesAccepted: accepted });
    else {
      deps.log.warn({ err: error, node }, 'a telemetry stream was ended');
      answer(toServiceError(error));
    }
  };
  call.on('data', (message: TelemetryRequest__Output) => {
    if (over) return;
    try {
      if (message.series !== null) {
        node = describe(message.series, deps);
      }
      if (message.batch !== null && node !== undefined) {
        if (add(node, message.batch, deps.samples)) accepted += 1;
      }
    } catch (error) {
      finish(error);
    }
  });
  call.on('end', () => finish(undefined));
  call.on('cancelled', () => finish(undefined));
}

function describe(
  series: NonNullable<TelemetryRequest__Output['series']>,
  { core, samples }: LinkDeps,
): NodeName {
  const node = nodeNameIn(series.node);
  if (core.node(node) === undefined) {
    throw new AppError('NODE_UNKNOWN', `telemetry of node ${node}, which never said hello`, {
      hint: 'open the control stream first',
    });
  }
  const described = samples.describe(node, series);
  if (!described.ok) throw problemError(described.problem);
  return node;
}

/** A batch that does not fit is dropped and counted: telemetry is the first thing that may be lost. */
function add(
  node: NodeName,
  batch: NonNullable<TelemetryRequest__Output['batch']>,
  samples: Samples,
): boolean {
  const atMs = decoding(() => whole(batch.atMs, 'batch.at_ms'));
  return atMs.ok && samples.add(node, { atMs: atMs.value, values: batch.values }).ok;
}
