// Original file: tangram/v1/whatif_service.proto

import type { Long } from '@grpc/proto-loader';

export interface Footprint {
  'replicas'?: (number);
  'gpuMemoryMib'?: (number | string | Long);
  'cards'?: (number);
  'cpuMillis'?: (number | string | Long);
  'memoryMib'?: (number | string | Long);
}

export interface Footprint__Output {
  'replicas': (number);
  'gpuMemoryMib': (string);
  'cards': (number);
  'cpuMillis': (string);
  'memoryMib': (string);
}
