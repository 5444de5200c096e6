// Original file: tangram/v1/cluster_service.proto

import type { Node as _tangram_v1_Node, Node__Output as _tangram_v1_Node__Output } from '../../tangram/v1/Node.ts';

export interface LabelNodeResponse {
  'node'?: (_tangram_v1_Node | null);
}

export interface LabelNodeResponse__Output {
  'node': (_tangram_v1_Node__Output | null);
}
