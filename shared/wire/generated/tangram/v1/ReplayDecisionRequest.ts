// Original file: tangram/v1/decision_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ReplayDecisionRequest {
  'id'?: (number | string | Long);
  'force'?: (boolean);
}

export interface ReplayDecisionRequest__Output {
  'id': (string);
  'force': (boolean);
}
