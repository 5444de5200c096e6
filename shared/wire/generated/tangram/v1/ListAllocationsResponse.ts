// Original file: tangram/v1/allocation_service.proto

import type { Allocation as _tangram_v1_Allocation, Allocation__Output as _tangram_v1_Allocation__Output } from '../../tangram/v1/Allocation.ts';

export interface ListAllocationsResponse {
  'allocations'?: (_tangram_v1_Allocation)[];
  'nextPageToken'?: (string);
}

export interface ListAllocationsResponse__Output {
  'allocations': (_tangram_v1_Allocation__Output)[];
  'nextPageToken': (string);
}
