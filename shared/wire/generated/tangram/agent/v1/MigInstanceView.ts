// Original file: tangram/agent/v1/layout_service.proto

import type { Long } from '@grpc/proto-loader';

export interface MigInstanceView {
  'profile'?: (string);
  'profileId'?: (number);
  'start'?: (number);
  'gpuInstanceId'?: (number);
  'computeInstanceIds'?: (number)[];
  'compute'?: (string)[];
  'uuid'?: (string);
  'memoryMib'?: (number | string | Long);
  'slice'?: (string);
  'holders'?: (string)[];
}

export interface MigInstanceView__Output {
  'profile': (string);
  'profileId': (number);
  'start': (number);
  'gpuInstanceId': (number);
  'computeInstanceIds': (number)[];
  'compute': (string)[];
  'uuid': (string);
  'memoryMib': (string);
  'slice': (string);
  'holders': (string)[];
}
