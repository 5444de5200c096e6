// Original file: tangram/v1/access_service.proto

import type { Long } from '@grpc/proto-loader';

export interface AuditRecord {
  'number'?: (number | string | Long);
  'atMs'?: (number | string | Long);
  'caller'?: (string);
  'method'?: (string);
  'target'?: (string);
  'requestId'?: (string);
  'outcome'?: (string);
  'detail'?: (string);
  'revisionBefore'?: (string);
  'revisionAfter'?: (string);
  'count'?: (number);
  'previousHash'?: (string);
  'hash'?: (string);
}

export interface AuditRecord__Output {
  'number': (string);
  'atMs': (string);
  'caller': (string);
  'method': (string);
  'target': (string);
  'requestId': (string);
  'outcome': (string);
  'detail': (string);
  'revisionBefore': (string);
  'revisionAfter': (string);
  'count': (number);
  'previousHash': (string);
  'hash': (string);
}
