// Original file: tangram/v1/cluster_service.proto

import type { Node as _tangram_v1_Node, Node__Output as _tangram_v1_Node__Output } from '../../tangram/v1/Node.ts';

export interface ListNodesResponse {
  'nodes'?: (_tangram_v1_Node)[];
  'nextPageToken'?: (string);
}

export interface ListNodesResponse__Output {
  'nodes': (_tangram_v1_Node__Output)[];
  'nextPageToken': (string);
}
