// Original file: tangram/v1/access_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ListAuditRecordsRequest {
  'limit'?: (number);
  'before'?: (number | string | Long);
  'caller'?: (string);
}

export interface ListAuditRecordsRequest__Output {
  'limit': (number);
  'before': (string);
  'caller': (string);
}
