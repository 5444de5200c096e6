// Original file: tangram/v1/trust_service.proto

import type { Long } from '@grpc/proto-loader';

export interface Root {
  'keyDigest'?: (string);
  'notAfterMs'?: (number | string | Long);
  'issuesFromMs'?: (number | string | Long);
  'issuing'?: (boolean);
}

export interface Root__Output {
  'keyDigest': (string);
  'notAfterMs': (string);
  'issuesFromMs': (string);
  'issuing': (boolean);
}
