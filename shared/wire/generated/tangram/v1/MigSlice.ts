// Original file: tangram/v1/model.proto

import type { Long } from '@grpc/proto-loader';

export interface MigSlice {
  'giProfileId'?: (number);
  'start'?: (number);
  'profile'?: (string);
  'size'?: (number);
  'memoryMib'?: (number | string | Long);
}

export interface MigSlice__Output {
  'giProfileId': (number);
  'start': (number);
  'profile': (string);
  'size': (number);
  'memoryMib': (string);
}
