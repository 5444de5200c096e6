// Original file: tangram/agent/v1/mps_service.proto

import type { Long } from '@grpc/proto-loader';

export interface MpsLimits {
  'smPercent'?: (number);
  'memoryMib'?: (number | string | Long);
}

export interface MpsLimits__Output {
  'smPercent': (number);
  'memoryMib': (string);
}
