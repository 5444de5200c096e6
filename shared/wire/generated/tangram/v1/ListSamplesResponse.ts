// Original file: tangram/v1/telemetry_service.proto

import type { NodeSamples as _tangram_v1_NodeSamples, NodeSamples__Output as _tangram_v1_NodeSamples__Output } from '../../tangram/v1/NodeSamples.ts';

export interface ListSamplesResponse {
  'nodes'?: (_tangram_v1_NodeSamples)[];
  'nextPageToken'?: (string);
}

export interface ListSamplesResponse__Output {
  'nodes': (_tangram_v1_NodeSamples__Output)[];
  'nextPageToken': (string);
}
