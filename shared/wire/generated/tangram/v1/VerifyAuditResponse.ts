// Original file: tangram/v1/access_service.proto

import type { Long } from '@grpc/proto-loader';

export interface VerifyAuditResponse {
  'intact'?: (boolean);
  'records'?: (number | string | Long);
  'firstBad'?: (number | string | Long);
  'problem'?: (string);
  'headNumber'?: (number | string | Long);
  'headHash'?: (string);
}

export interface VerifyAuditResponse__Output {
  'intact': (boolean);
  'records': (string);
  'firstBad': (string);
  'problem': (string);
  'headNumber': (string);
  'headHash': (string);
}
