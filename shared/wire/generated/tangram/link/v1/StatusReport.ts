// Original file: tangram/link/v1/link_service.proto

import type { GpuStatus as _tangram_link_v1_GpuStatus, GpuStatus__Output as _tangram_link_v1_GpuStatus__Output } from '../../../tangram/link/v1/GpuStatus.ts';
import type { SliceStatus as _tangram_link_v1_SliceStatus, SliceStatus__Output as _tangram_link_v1_SliceStatus__Output } from '../../../tangram/link/v1/SliceStatus.ts';
import type { Tombstone as _tangram_link_v1_Tombstone, Tombstone__Output as _tangram_link_v1_Tombstone__Output } from '../../../tangram/link/v1/Tombstone.ts';
import type { ReplicaStatus as _tangram_link_v1_ReplicaStatus, ReplicaStatus__Output as _tangram_link_v1_ReplicaStatus__Output } from '../../../tangram/link/v1/ReplicaStatus.ts';
import type { AllocationStatus as _tangram_link_v1_AllocationStatus, AllocationStatus__Output as _tangram_link_v1_AllocationStatus__Output } from '../../../tangram/link/v1/AllocationStatus.ts';
import type { LeftClaim as _tangram_link_v1_LeftClaim, LeftClaim__Output as _tangram_link_v1_LeftClaim__Output } from '../../../tangram/link/v1/LeftClaim.ts';
import type { Long } from '@grpc/proto-loader';

export interface StatusReport {
  'acceptedEpoch'?: (number | string | Long);
  'acceptedGeneration'?: (number | string | Long);
  'gpus'?: (_tangram_link_v1_GpuStatus)[];
  'slices'?: (_tangram_link_v1_SliceStatus)[];
  'tombstonesDone'?: (_tangram_link_v1_Tombstone)[];
  'replicas'?: (_tangram_link_v1_ReplicaStatus)[];
  'allocations'?: (_tangram_link_v1_AllocationStatus)[];
  'left'?: (_tangram_link_v1_LeftClaim)[];
}

export interface StatusReport__Output {
  'acceptedEpoch': (string);
  'acceptedGeneration': (string);
  'gpus': (_tangram_link_v1_GpuStatus__Output)[];
  'slices': (_tangram_link_v1_SliceStatus__Output)[];
  'tombstonesDone': (_tangram_link_v1_Tombstone__Output)[];
  'replicas': (_tangram_link_v1_ReplicaStatus__Output)[];
  'allocations': (_tangram_link_v1_AllocationStatus__Output)[];
  'left': (_tangram_link_v1_LeftClaim__Output)[];
}
