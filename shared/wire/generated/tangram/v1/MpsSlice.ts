// Original file: tangram/v1/model.proto

import type { Long } from '@grpc/proto-loader';

export interface MpsSlice {
  'memoryMib'?: (number | string | Long);
  'smPercent'?: (number);
}

export interface MpsSlice__Output {
  'memoryMib': (string);
  'smPercent': (number);
}
