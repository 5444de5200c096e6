import type { handleServerStreamingCall } from '@grpc/grpc-js';
import type { WatchNodesRequest__Output } from '../../shared/wire/generated/tangram/v1/WatchNodesRequest.ts';
import type { WatchNodesResponse } from '../../shared/wire/generated/tangram/v1/WatchNodesResponse.ts';
import type { CoordinatorCore, NodeEvent } from '../fleet/core.ts';
import { nodeNameIn } from './names.ts';
import { encodeNodeEvent } from './node-view-codec.ts';
import { watchStream } from './watch-stream.ts';

export function watchNodes(
  core: CoordinatorCore,
  onError: (error: unknown) => void,
): handleServerStreamingCall<WatchNodesRequest__Output, WatchNodesResponse> {
  return watchStream(
    {
      message: 'tangram.v1.Node',
      field: 'node',
      watch: core.watchNodes.bind(core),
      only: ({ name }: WatchNodesRequest__Output) => (name === '' ? null : nodeNameIn(name)),
      nameOf,
      encode: encodeNodeEvent,
    },
    onError,
  );
}

function nameOf(event: NodeEvent): string | null {
  if (event.kind === 'node') return event.node.node;
  return event.kind === 'deleted' ? event.name : null;
}
