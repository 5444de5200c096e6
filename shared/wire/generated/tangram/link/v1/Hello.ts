// Original file: tangram/link/v1/link_service.proto

import type { Inventory as _tangram_link_v1_Inventory, Inventory__Output as _tangram_link_v1_Inventory__Output } from '../../../tangram/link/v1/Inventory.ts';
import type { Long } from '@grpc/proto-loader';

export interface Hello {
  'protocolVersion'?: (number);
  'capabilities'?: (string)[];
  'clusterId'?: (string);
  'epochSeen'?: (number | string | Long);
  'generationSeen'?: (number | string | Long);
  'inventory'?: (_tangram_link_v1_Inventory | null);
}

export interface Hello__Output {
  'protocolVersion': (number);
  'capabilities': (string)[];
  'clusterId': (string);
  'epochSeen': (string);
  'generationSeen': (string);
  'inventory': (_tangram_link_v1_Inventory__Output | null);
}
