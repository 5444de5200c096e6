import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { unreachable } from '../../shared/domain/assert.ts';
import { serverStream } from '../../shared/wire/server-stream.ts';
import type { WatchModelsRequest__Output } from '../../shared/wire/generated/tangram/v1/WatchModelsRequest.ts';
import type { WatchModelsResponse } from '../../shared/wire/generated/tangram/v1/WatchModelsResponse.ts';
import type { CoordinatorCore, ModelEvent } from '../fleet/core.ts';
import { encodeModelEvent } from './model-view-codec.ts';
import { modelNameIn } from './names.ts';

type Call = ServerWritableStream<WatchModelsRequest__Output, WatchModelsResponse>;

/** Streams models: the core bounds what a slow reader may leave unread, and the stream is paced by the reader. */
export function watchModels(
  core: CoordinatorCore,
  onError: (error: unknown) => void,
): handleServerStreamingCall<WatchModelsRequest__Output, WatchModelsResponse> {
  return serverStream(async (call: Call, signal) => {
    const only = call.request.name === '' ? null : modelNameIn(call.request.name);
    for await (const event of core.watchModels(signal)) {
      if (only !== null && nameOf(event) !== only && event.kind !== 'synced') continue;
      await send(call, encodeModelEvent(event), signal);
      if (signal.aborted) break;
    }
  }, onError);
}

function nameOf(event: ModelEvent): string | null {
  switch (event.kind) {
    case 'model':
      return event.model.spec.name;
    case 'deleted':
      return event.name;
    case 'synced':
      return null;
    default:
      return unreachable(event);
  }
}

async function send(call: Call, message: WatchModelsResponse, signal: AbortSignal): Promise<void> {
  if (call.write(message) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      call.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    call.on('drain', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
