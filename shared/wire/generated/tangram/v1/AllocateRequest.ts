// Original file: tangram/v1/allocation_service.proto

import type { AllocationSpec as _tangram_v1_AllocationSpec, AllocationSpec__Output as _tangram_v1_AllocationSpec__Output } from '../../tangram/v1/AllocationSpec.ts';
import type { Long } from '@grpc/proto-loader';

export interface AllocateRequest {
  'name'?: (string);
  'labels'?: ({[key: string]: string});
  'spec'?: (_tangram_v1_AllocationSpec | null);
  'waitSeconds'?: (number | string | Long);
  'validateOnly'?: (boolean);
  'requestId'?: (string);
}

export interface AllocateRequest__Output {
  'name': (string);
  'labels': ({[key: string]: string});
  'spec': (_tangram_v1_AllocationSpec__Output | null);
  'waitSeconds': (string);
  'validateOnly': (boolean);
  'requestId': (string);
}
