// Original file: tangram/agent/v1/health_service.proto

import type { Long } from '@grpc/proto-loader';

export interface Reason {
  'key'?: (string);
  'state'?: (string);
  'action'?: (string);
  'message'?: (string);
  'sinceMs'?: (number | string | Long);
  'lastMs'?: (number | string | Long);
  'count'?: (number | string | Long);
  'line'?: (string);
  'injected'?: (boolean);
}

export interface Reason__Output {
  'key': (string);
  'state': (string);
  'action': (string);
  'message': (string);
  'sinceMs': (string);
  'lastMs': (string);
  'count': (string);
  'line': (string);
  'injected': (boolean);
}
