// Original file: tangram/agent/v1/health_service.proto

import type { Long } from '@grpc/proto-loader';

export interface XidCount {
  'xid'?: (string);
  'count'?: (number | string | Long);
}

export interface XidCount__Output {
  'xid': (string);
  'count': (string);
}
