// Original file: tangram/agent/v1/local_service.proto

import type { NodeTarget as _tangram_link_v1_NodeTarget, NodeTarget__Output as _tangram_link_v1_NodeTarget__Output } from '../../../tangram/link/v1/NodeTarget.ts';

export interface SetLocalTargetRequest {
  'target'?: (_tangram_link_v1_NodeTarget | null);
}

export interface SetLocalTargetRequest__Output {
  'target': (_tangram_link_v1_NodeTarget__Output | null);
}
