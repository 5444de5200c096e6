// Original file: tangram/agent/v1/agent_service.proto

import type { AllocationView as _tangram_agent_v1_AllocationView, AllocationView__Output as _tangram_agent_v1_AllocationView__Output } from '../../../tangram/agent/v1/AllocationView.ts';

export interface ListAllocationsResponse {
  'allocations'?: (_tangram_agent_v1_AllocationView)[];
}

export interface ListAllocationsResponse__Output {
  'allocations': (_tangram_agent_v1_AllocationView__Output)[];
}
