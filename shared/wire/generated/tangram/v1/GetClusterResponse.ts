// Original file: tangram/v1/cluster_service.proto

import type { Long } from '@grpc/proto-loader';

export interface GetClusterResponse {
  'clusterId'?: (string);
  'epoch'?: (number | string | Long);
  'version'?: (string);
}

export interface GetClusterResponse__Output {
  'clusterId': (string);
  'epoch': (string);
  'version': (string);
}
