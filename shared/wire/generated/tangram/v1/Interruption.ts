// Original file: tangram/v1/plan.proto

import type { Long } from '@grpc/proto-loader';

export interface Interruption {
  'replica'?: (string);
  'model'?: (string);
  'estimatedMs'?: (number | string | Long);
  'why'?: (string);
  '_estimatedMs'?: "estimatedMs";
}

export interface Interruption__Output {
  'replica': (string);
  'model': (string);
  'estimatedMs'?: (string);
  'why': (string);
  '_estimatedMs'?: "estimatedMs";
}
