// Original file: tangram/v1/allocation_service.proto

import type { GpuNeed as _tangram_v1_GpuNeed, GpuNeed__Output as _tangram_v1_GpuNeed__Output } from '../../tangram/v1/GpuNeed.ts';
import type { Long } from '@grpc/proto-loader';

export interface AllocationSpec {
  'gpu'?: (_tangram_v1_GpuNeed | null);
  'cpuMillis'?: (number);
  'memoryMib'?: (number | string | Long);
  'constraints'?: ({[key: string]: string});
  'priority'?: (number);
  'ttlSeconds'?: (number | string | Long);
}

export interface AllocationSpec__Output {
  'gpu': (_tangram_v1_GpuNeed__Output | null);
  'cpuMillis': (number);
  'memoryMib': (string);
  'constraints': ({[key: string]: string});
  'priority': (number);
  'ttlSeconds': (string);
}
