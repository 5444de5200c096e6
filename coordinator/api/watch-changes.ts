import type { handleServerStreamingCall } from '@grpc/grpc-js';
import type { WatchChangesRequest__Output } from '../../shared/wire/generated/tangram/v1/WatchChangesRequest.ts';
import type { WatchChangesResponse } from '../../shared/wire/generated/tangram/v1/WatchChangesResponse.ts';
import type { ChangeEvent, CoordinatorCore } from '../fleet/core.ts';
import { encodeChangeEvent } from './change-codec.ts';
import { changeIdIn } from './names.ts';
import { watchStream } from './watch-stream.ts';

export function watchChanges(
  core: CoordinatorCore,
  onError: (error: unknown) => void,
): handleServerStreamingCall<WatchChangesRequest__Output, WatchChangesResponse> {
  return watchStream(
    {
      message: 'tangram.v1.Change',
      field: 'change',
      watch: core.watchChanges.bind(core),
      only: ({ change }: WatchChangesRequest__Output) =>
        change === '' ? null : changeIdIn(change),
      nameOf: idOf,
      encode: (event: ChangeEvent): WatchChangesResponse => encodeChangeEvent(core, event),
    },
    onError,
  );
}

function idOf(event: ChangeEvent): string | null {
  if (event.kind === 'change') return event.change.change.id;
  return event.kind === 'forgotten' ? event.id : null;
}
