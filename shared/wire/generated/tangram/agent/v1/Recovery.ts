// Original file: tangram/agent/v1/health_service.proto

import type { Long } from '@grpc/proto-loader';

export interface Recovery {
  'state'?: (string);
  'askedBy'?: (string);
  'cause'?: (string);
  'startedAtMs'?: (number | string | Long);
  'sinceMs'?: (number | string | Long);
  'attempts'?: (number);
  'detail'?: (string);
}

export interface Recovery__Output {
  'state': (string);
  'askedBy': (string);
  'cause': (string);
  'startedAtMs': (string);
  'sinceMs': (string);
  'attempts': (number);
  'detail': (string);
}
