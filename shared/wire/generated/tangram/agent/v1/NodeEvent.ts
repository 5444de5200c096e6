// Original file: tangram/agent/v1/agent_service.proto

import type { Long } from '@grpc/proto-loader';

export interface NodeEvent {
  'id'?: (number | string | Long);
  'atMs'?: (number | string | Long);
  'kind'?: (string);
  'subject'?: (string);
  'message'?: (string);
}

export interface NodeEvent__Output {
  'id': (string);
  'atMs': (string);
  'kind': (string);
  'subject': (string);
  'message': (string);
}
