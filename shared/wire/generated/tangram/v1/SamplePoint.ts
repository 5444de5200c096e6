// Original file: tangram/v1/telemetry_service.proto

import type { Long } from '@grpc/proto-loader';

export interface SamplePoint {
  'atMs'?: (number | string | Long);
  'mean'?: (number | string);
  'least'?: (number | string);
  'greatest'?: (number | string);
}

export interface SamplePoint__Output {
  'atMs': (string);
  'mean': (number);
  'least': (number);
  'greatest': (number);
}
