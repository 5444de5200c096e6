// Original file: tangram/v1/cluster_service.proto

import type { Long } from '@grpc/proto-loader';

export interface Event {
  'id'?: (number | string | Long);
  'atMs'?: (number | string | Long);
  'kind'?: (string);
  'subject'?: (string);
  'message'?: (string);
}

export interface Event__Output {
  'id': (string);
  'atMs': (string);
  'kind': (string);
  'subject': (string);
  'message': (string);
}
