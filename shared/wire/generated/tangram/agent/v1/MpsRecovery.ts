// Original file: tangram/agent/v1/mps_service.proto

import type { Long } from '@grpc/proto-loader';

export interface MpsRecovery {
  'reason'?: (string);
  'open'?: (boolean);
  'count'?: (number);
  'notBeforeMs'?: (number | string | Long);
}

export interface MpsRecovery__Output {
  'reason': (string);
  'open': (boolean);
  'count': (number);
  'notBeforeMs': (string);
}
