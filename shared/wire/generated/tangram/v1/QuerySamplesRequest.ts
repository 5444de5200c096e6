// Original file: tangram/v1/telemetry_service.proto

import type { Long } from '@grpc/proto-loader';

export interface QuerySamplesRequest {
  'node'?: (string);
  'model'?: (string);
  'metric'?: (string);
  'sinceMs'?: (number | string | Long);
  'untilMs'?: (number | string | Long);
  'stepMs'?: (number | string | Long);
  'subject'?: "node"|"model";
}

export interface QuerySamplesRequest__Output {
  'node'?: (string);
  'model'?: (string);
  'metric': (string);
  'sinceMs': (string);
  'untilMs': (string);
  'stepMs': (string);
  'subject'?: "node"|"model";
}
