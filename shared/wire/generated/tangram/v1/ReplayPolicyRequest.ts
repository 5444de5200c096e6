// Original file: tangram/v1/decision_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ReplayPolicyRequest {
  'policy'?: (string);
  'seed'?: (number | string | Long);
  'sinceMs'?: (number | string | Long);
}

export interface ReplayPolicyRequest__Output {
  'policy': (string);
  'seed': (string);
  'sinceMs': (string);
}
