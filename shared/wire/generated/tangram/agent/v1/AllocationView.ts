// Original file: tangram/agent/v1/agent_service.proto

import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from '../../../tangram/v1/Slice.ts';
import type { AllocationProcess as _tangram_v1_AllocationProcess, AllocationProcess__Output as _tangram_v1_AllocationProcess__Output } from '../../../tangram/v1/AllocationProcess.ts';

export interface AllocationView {
  'allocation'?: (string);
  'state'?: (string);
  'reason'?: (string);
  'slices'?: (_tangram_v1_Slice)[];
  'processes'?: (_tangram_v1_AllocationProcess)[];
}

export interface AllocationView__Output {
  'allocation': (string);
  'state': (string);
  'reason': (string);
  'slices': (_tangram_v1_Slice__Output)[];
  'processes': (_tangram_v1_AllocationProcess__Output)[];
}
