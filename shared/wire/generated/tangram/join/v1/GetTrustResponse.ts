// Original file: tangram/join/v1/join_service.proto

import type { Long } from '@grpc/proto-loader';

export interface GetTrustResponse {
  'clusterId'?: (string);
  'roots'?: (string)[];
  'nowMs'?: (number | string | Long);
}

export interface GetTrustResponse__Output {
  'clusterId': (string);
  'roots': (string)[];
  'nowMs': (string);
}
