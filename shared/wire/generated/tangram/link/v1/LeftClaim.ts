// Original file: tangram/link/v1/link_service.proto

import type { ReplicaTarget as _tangram_link_v1_ReplicaTarget, ReplicaTarget__Output as _tangram_link_v1_ReplicaTarget__Output } from '../../../tangram/link/v1/ReplicaTarget.ts';
import type { AllocationTarget as _tangram_link_v1_AllocationTarget, AllocationTarget__Output as _tangram_link_v1_AllocationTarget__Output } from '../../../tangram/link/v1/AllocationTarget.ts';
import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from '../../../tangram/v1/Slice.ts';
import type { Long } from '@grpc/proto-loader';

export interface LeftClaim {
  'epoch'?: (number | string | Long);
  'replica'?: (_tangram_link_v1_ReplicaTarget | null);
  'allocation'?: (_tangram_link_v1_AllocationTarget | null);
  'slices'?: (_tangram_v1_Slice)[];
  'declaration'?: (string);
  'holder'?: "replica"|"allocation";
}

export interface LeftClaim__Output {
  'epoch': (string);
  'replica'?: (_tangram_link_v1_ReplicaTarget__Output | null);
  'allocation'?: (_tangram_link_v1_AllocationTarget__Output | null);
  'slices': (_tangram_v1_Slice__Output)[];
  'declaration': (string);
  'holder'?: "replica"|"allocation";
}
