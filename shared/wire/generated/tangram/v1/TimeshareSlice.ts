// Original file: tangram/v1/model.proto

import type { Long } from '@grpc/proto-loader';

export interface TimeshareSlice {
  'memoryMib'?: (number | string | Long);
}

export interface TimeshareSlice__Output {
  'memoryMib': (string);
}
