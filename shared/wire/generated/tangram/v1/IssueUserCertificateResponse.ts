// Original file: tangram/v1/trust_service.proto

import type { Long } from '@grpc/proto-loader';

export interface IssueUserCertificateResponse {
  'certificateChain'?: (string);
  'roots'?: (string);
  'coordinators'?: (string)[];
  'clusterId'?: (string);
  'notAfterMs'?: (number | string | Long);
}

export interface IssueUserCertificateResponse__Output {
  'certificateChain': (string);
  'roots': (string);
  'coordinators': (string)[];
  'clusterId': (string);
  'notAfterMs': (string);
}
