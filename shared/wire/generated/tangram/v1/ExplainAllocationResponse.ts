// Original file: tangram/v1/allocation_service.proto

import type { Allocation as _tangram_v1_Allocation, Allocation__Output as _tangram_v1_Allocation__Output } from '../../tangram/v1/Allocation.ts';
import type { Evidence as _tangram_v1_Evidence, Evidence__Output as _tangram_v1_Evidence__Output } from '../../tangram/v1/Evidence.ts';
import type { Long } from '@grpc/proto-loader';

export interface ExplainAllocationResponse {
  'allocation'?: (_tangram_v1_Allocation | null);
  'refusal'?: (string);
  'nearest'?: (string);
  'evidence'?: (_tangram_v1_Evidence)[];
  'decision'?: (number | string | Long);
}

export interface ExplainAllocationResponse__Output {
  'allocation': (_tangram_v1_Allocation__Output | null);
  'refusal': (string);
  'nearest': (string);
  'evidence': (_tangram_v1_Evidence__Output)[];
  'decision': (string);
}
