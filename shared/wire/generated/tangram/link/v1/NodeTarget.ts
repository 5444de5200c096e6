// Original file: tangram/link/v1/link_service.proto

import type { GpuTarget as _tangram_link_v1_GpuTarget, GpuTarget__Output as _tangram_link_v1_GpuTarget__Output } from '../../../tangram/link/v1/GpuTarget.ts';
import type { ReplicaTarget as _tangram_link_v1_ReplicaTarget, ReplicaTarget__Output as _tangram_link_v1_ReplicaTarget__Output } from '../../../tangram/link/v1/ReplicaTarget.ts';
import type { Tombstone as _tangram_link_v1_Tombstone, Tombstone__Output as _tangram_link_v1_Tombstone__Output } from '../../../tangram/link/v1/Tombstone.ts';
import type { AllocationTarget as _tangram_link_v1_AllocationTarget, AllocationTarget__Output as _tangram_link_v1_AllocationTarget__Output } from '../../../tangram/link/v1/AllocationTarget.ts';
import type { Declaration as _tangram_link_v1_Declaration, Declaration__Output as _tangram_link_v1_Declaration__Output } from '../../../tangram/link/v1/Declaration.ts';
import type { Long } from '@grpc/proto-loader';

export interface NodeTarget {
  'clusterId'?: (string);
  'epoch'?: (number | string | Long);
  'generation'?: (number | string | Long);
  'node'?: (string);
  'gpus'?: (_tangram_link_v1_GpuTarget)[];
  'replicas'?: (_tangram_link_v1_ReplicaTarget)[];
  'tombstones'?: (_tangram_link_v1_Tombstone)[];
  'allocations'?: (_tangram_link_v1_AllocationTarget)[];
  'declarations'?: (_tangram_link_v1_Declaration)[];
}

export interface NodeTarget__Output {
  'clusterId': (string);
  'epoch': (string);
  'generation': (string);
  'node': (string);
  'gpus': (_tangram_link_v1_GpuTarget__Output)[];
  'replicas': (_tangram_link_v1_ReplicaTarget__Output)[];
  'tombstones': (_tangram_link_v1_Tombstone__Output)[];
  'allocations': (_tangram_link_v1_AllocationTarget__Output)[];
  'declarations': (_tangram_link_v1_Declaration__Output)[];
}
