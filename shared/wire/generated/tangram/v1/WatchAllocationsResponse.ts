// Original file: tangram/v1/allocation_service.proto

import type { Allocation as _tangram_v1_Allocation, Allocation__Output as _tangram_v1_Allocation__Output } from '../../tangram/v1/Allocation.ts';

export interface WatchAllocationsResponse {
  'allocation'?: (_tangram_v1_Allocation | null);
  'deleted'?: (string);
  'synced'?: (boolean);
  'revision'?: (string);
  'bookmark'?: (boolean);
  'event'?: "allocation"|"deleted"|"synced"|"bookmark";
}

export interface WatchAllocationsResponse__Output {
  'allocation'?: (_tangram_v1_Allocation__Output | null);
  'deleted'?: (string);
  'synced'?: (boolean);
  'revision': (string);
  'bookmark'?: (boolean);
  'event'?: "allocation"|"deleted"|"synced"|"bookmark";
}
