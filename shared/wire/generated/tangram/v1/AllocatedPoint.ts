// Original file: tangram/v1/decision_service.proto

import type { Long } from '@grpc/proto-loader';

export interface AllocatedPoint {
  'atMs'?: (number | string | Long);
  'loggedPermille'?: (number);
  'replayedPermille'?: (number);
}

export interface AllocatedPoint__Output {
  'atMs': (string);
  'loggedPermille': (number);
  'replayedPermille': (number);
}
