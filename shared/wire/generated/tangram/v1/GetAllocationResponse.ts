// Original file: tangram/v1/allocation_service.proto

import type { Allocation as _tangram_v1_Allocation, Allocation__Output as _tangram_v1_Allocation__Output } from '../../tangram/v1/Allocation.ts';

export interface GetAllocationResponse {
  'allocation'?: (_tangram_v1_Allocation | null);
}

export interface GetAllocationResponse__Output {
  'allocation': (_tangram_v1_Allocation__Output | null);
}
