import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { unreachable } from '../../shared/domain/assert.ts';
import { readMask } from '../../shared/wire/read-mask.ts';
import { paced, serverStream } from '../../shared/wire/server-stream.ts';
import type { Model } from '../../shared/wire/generated/tangram/v1/Model.ts';
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
    const masked = readMask<Model>('tangram.v1.Model', call.request.readMask);
    for await (const event of core.watchModels(signal, call.request.resumeRevision)) {
      const name = nameOf(event);
      if (only !== null && name !== null && name !== only) continue;
      const message = encodeModelEvent(event);
      const sent = message.model ? { ...message, model: masked(message.model) } : message;
      await paced(call, sent, signal);
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
    case 'bookmark':
      return null;
    default:
      return unreachable(event);
  }
}
