// Original file: tangram/v1/cluster_service.proto

import type { Long } from '@grpc/proto-loader';

export interface DrainNodeRequest {
  'name'?: (string);
  'etag'?: (string);
  'requestId'?: (string);
  'deadlineSeconds'?: (number | string | Long);
  'force'?: (boolean);
}

export interface DrainNodeRequest__Output {
  'name': (string);
  'etag': (string);
  'requestId': (string);
  'deadlineSeconds': (string);
  'force': (boolean);
}
