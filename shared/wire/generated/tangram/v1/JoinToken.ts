// Original file: tangram/v1/trust_service.proto

import type { Long } from '@grpc/proto-loader';

export interface JoinToken {
  'id'?: (string);
  'createdAtMs'?: (number | string | Long);
  'expiresAtMs'?: (number | string | Long);
  'usesLeft'?: (number);
  'nodePattern'?: (string);
  'labels'?: ({[key: string]: string});
}

export interface JoinToken__Output {
  'id': (string);
  'createdAtMs': (string);
  'expiresAtMs': (string);
  'usesLeft': (number);
  'nodePattern': (string);
  'labels': ({[key: string]: string});
}
