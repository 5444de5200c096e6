// Original file: tangram/agent/v1/local_service.proto

import type { Inventory as _tangram_link_v1_Inventory, Inventory__Output as _tangram_link_v1_Inventory__Output } from '../../../tangram/link/v1/Inventory.ts';
import type { NodeTarget as _tangram_link_v1_NodeTarget, NodeTarget__Output as _tangram_link_v1_NodeTarget__Output } from '../../../tangram/link/v1/NodeTarget.ts';
import type { Tombstone as _tangram_link_v1_Tombstone, Tombstone__Output as _tangram_link_v1_Tombstone__Output } from '../../../tangram/link/v1/Tombstone.ts';

export interface GetLocalStateResponse {
  'inventory'?: (_tangram_link_v1_Inventory | null);
  'target'?: (_tangram_link_v1_NodeTarget | null);
  'tombstonesDone'?: (_tangram_link_v1_Tombstone)[];
}

export interface GetLocalStateResponse__Output {
  'inventory': (_tangram_link_v1_Inventory__Output | null);
  'target': (_tangram_link_v1_NodeTarget__Output | null);
  'tombstonesDone': (_tangram_link_v1_Tombstone__Output)[];
}
