import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { readMask } from '../../shared/wire/read-mask.ts';
import { paced, serverStream } from '../../shared/wire/server-stream.ts';
import type { Change } from '../../shared/wire/generated/tangram/v1/Change.ts';
import type { WatchChangesRequest__Output } from '../../shared/wire/generated/tangram/v1/WatchChangesRequest.ts';
import type { WatchChangesResponse } from '../../shared/wire/generated/tangram/v1/WatchChangesResponse.ts';
import type { ChangeEvent, CoordinatorCore } from '../fleet/core.ts';
import { encodeChangeEvent } from './change-codec.ts';
import { changeIdIn } from './names.ts';

type Call = ServerWritableStream<WatchChangesRequest__Output, WatchChangesResponse>;

/** Streams changes, as `watchModels` does models. */
export function watchChanges(
  core: CoordinatorCore,
  onError: (error: unknown) => void,
): handleServerStreamingCall<WatchChangesRequest__Output, WatchChangesResponse> {
  return serverStream(async (call: Call, signal) => {
    const { change, resumeRevision, readMask: mask } = call.request;
    const only = change === '' ? null : changeIdIn(change);
    const masked = readMask<Change>('tangram.v1.Change', mask);
    for await (const event of core.watchChanges(signal, resumeRevision)) {
      const id = idOf(event);
      if (only !== null && id !== null && id !== only) continue;
      const message = encodeChangeEvent(core, event);
      const sent = message.change ? { ...message, change: masked(message.change) } : message;
      await paced(call, sent, signal);
      if (signal.aborted) break;
    }
  }, onError);
}

function idOf(event: ChangeEvent): string | null {
  if (event.kind === 'change') return event.change.change.id;
  return event.kind === 'forgotten' ? event.id : null;
}
