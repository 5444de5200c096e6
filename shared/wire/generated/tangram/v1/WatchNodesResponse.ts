// Original file: tangram/v1/cluster_service.proto

import type { Node as _tangram_v1_Node, Node__Output as _tangram_v1_Node__Output } from '../../tangram/v1/Node.ts';

export interface WatchNodesResponse {
  'node'?: (_tangram_v1_Node | null);
  'deleted'?: (string);
  'synced'?: (boolean);
  'revision'?: (string);
  'bookmark'?: (boolean);
  'event'?: "node"|"deleted"|"synced"|"bookmark";
}

export interface WatchNodesResponse__Output {
  'node'?: (_tangram_v1_Node__Output | null);
  'deleted'?: (string);
  'synced'?: (boolean);
  'revision': (string);
  'bookmark'?: (boolean);
  'event'?: "node"|"deleted"|"synced"|"bookmark";
}
