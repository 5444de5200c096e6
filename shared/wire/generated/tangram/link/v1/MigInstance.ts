// Original file: tangram/link/v1/link_service.proto

import type { Long } from '@grpc/proto-loader';

export interface MigInstance {
  'giProfileId'?: (number);
  'start'?: (number);
  'size'?: (number);
  'profile'?: (string);
  'memoryMib'?: (number | string | Long);
  'gpuInstanceId'?: (number);
  'computeInstanceIds'?: (number)[];
  'uuid'?: (string);
  'slice'?: (string);
}

export interface MigInstance__Output {
  'giProfileId': (number);
  'start': (number);
  'size': (number);
  'profile': (string);
  'memoryMib': (string);
  'gpuInstanceId': (number);
  'computeInstanceIds': (number)[];
  'uuid': (string);
  'slice': (string);
}
