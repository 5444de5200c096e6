// Original file: tangram/link/v1/link_service.proto

import type { Long } from '@grpc/proto-loader';

export interface InstanceTombstone {
  'gpuUuid'?: (string);
  'giProfileId'?: (number);
  'start'?: (number);
  'gpuInstanceId'?: (number);
  'layoutRevision'?: (number | string | Long);
}

export interface InstanceTombstone__Output {
  'gpuUuid': (string);
  'giProfileId': (number);
  'start': (number);
  'gpuInstanceId': (number);
  'layoutRevision': (string);
}
