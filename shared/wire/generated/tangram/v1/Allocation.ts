// Original file: tangram/v1/allocation_service.proto

import type { AllocationSpec as _tangram_v1_AllocationSpec, AllocationSpec__Output as _tangram_v1_AllocationSpec__Output } from '../../tangram/v1/AllocationSpec.ts';
import type { AllocationState as _tangram_v1_AllocationState, AllocationState__Output as _tangram_v1_AllocationState__Output } from '../../tangram/v1/AllocationState.ts';
import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from '../../tangram/v1/Slice.ts';
import type { AllocationAccess as _tangram_v1_AllocationAccess, AllocationAccess__Output as _tangram_v1_AllocationAccess__Output } from '../../tangram/v1/AllocationAccess.ts';
import type { AllocationProcess as _tangram_v1_AllocationProcess, AllocationProcess__Output as _tangram_v1_AllocationProcess__Output } from '../../tangram/v1/AllocationProcess.ts';
import type { Long } from '@grpc/proto-loader';

export interface Allocation {
  'name'?: (string);
  'labels'?: ({[key: string]: string});
  'spec'?: (_tangram_v1_AllocationSpec | null);
  'state'?: (_tangram_v1_AllocationState);
  'reason'?: (string);
  'node'?: (string);
  'slices'?: (_tangram_v1_Slice)[];
  'createdAtMs'?: (number | string | Long);
  'expiresAtMs'?: (number | string | Long);
  'access'?: (_tangram_v1_AllocationAccess | null);
  'processes'?: (_tangram_v1_AllocationProcess)[];
}

export interface Allocation__Output {
  'name': (string);
  'labels': ({[key: string]: string});
  'spec': (_tangram_v1_AllocationSpec__Output | null);
  'state': (_tangram_v1_AllocationState__Output);
  'reason': (string);
  'node': (string);
  'slices': (_tangram_v1_Slice__Output)[];
  'createdAtMs': (string);
  'expiresAtMs': (string);
  'access': (_tangram_v1_AllocationAccess__Output | null);
  'processes': (_tangram_v1_AllocationProcess__Output)[];
}
