import type { handleServerStreamingCall } from '@grpc/grpc-js';
import type { WatchModelsRequest__Output } from '../../shared/wire/generated/tangram/v1/WatchModelsRequest.ts';
import type { WatchModelsResponse } from '../../shared/wire/generated/tangram/v1/WatchModelsResponse.ts';
import type { CoordinatorCore, ModelEvent } from '../fleet/core.ts';
import { encodeModelEvent } from './model-view-codec.ts';
import { modelNameIn } from './names.ts';
import { watchStream } from './watch-stream.ts';

export function watchModels(
  core: CoordinatorCore,
  onError: (error: unknown) => void,
): handleServerStreamingCall<WatchModelsRequest__Output, WatchModelsResponse> {
  return watchStream(
    {
      message: 'tangram.v1.Model',
      field: 'model',
      watch: core.watchModels.bind(core),
      only: ({ name }: WatchModelsRequest__Output) => (name === '' ? null : modelNameIn(name)),
      nameOf,
      encode: encodeModelEvent,
    },
    onError,
  );
}

function nameOf(event: ModelEvent): string | null {
  if (event.kind === 'model') return event.model.spec.name;
  return event.kind === 'deleted' ? event.name : null;
}
