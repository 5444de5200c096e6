// Original file: tangram/v1/model.proto

import type { Long } from '@grpc/proto-loader';

export interface AllocationProcess {
  'pid'?: (number | string | Long);
  'name'?: (string);
  'certain'?: (boolean);
}

export interface AllocationProcess__Output {
  'pid': (string);
  'name': (string);
  'certain': (boolean);
}
