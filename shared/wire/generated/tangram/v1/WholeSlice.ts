// Original file: tangram/v1/model.proto

import type { Long } from '@grpc/proto-loader';

export interface WholeSlice {
  'memoryMib'?: (number | string | Long);
}

export interface WholeSlice__Output {
  'memoryMib': (string);
}
