// Original file: tangram/link/v1/link_service.proto

import type { Long } from '@grpc/proto-loader';

export interface SampleBatch {
  'atMs'?: (number | string | Long);
  'values'?: (number | string)[];
}

export interface SampleBatch__Output {
  'atMs': (string);
  'values': (number)[];
}
