// Original file: tangram/v1/allocation_service.proto

import type { Long } from '@grpc/proto-loader';

export interface RenewAllocationRequest {
  'name'?: (string);
  'ttlSeconds'?: (number | string | Long);
  'requestId'?: (string);
}

export interface RenewAllocationRequest__Output {
  'name': (string);
  'ttlSeconds': (string);
  'requestId': (string);
}
