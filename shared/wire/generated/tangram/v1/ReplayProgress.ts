// Original file: tangram/v1/decision_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ReplayProgress {
  'done'?: (number | string | Long);
  'total'?: (number | string | Long);
}

export interface ReplayProgress__Output {
  'done': (string);
  'total': (string);
}
