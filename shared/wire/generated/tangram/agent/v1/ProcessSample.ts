// Original file: tangram/agent/v1/agent_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ProcessSample {
  'pid'?: (number);
  'name'?: (string);
  'memoryUsedMib'?: (number | string | Long);
  'replica'?: (string);
  'model'?: (string);
  'smRatio'?: (number | string);
  'owner'?: (string);
  'container'?: (string);
  'containerName'?: (string);
  'containerImage'?: (string);
  'allocation'?: (string);
  '_memoryUsedMib'?: "memoryUsedMib";
  '_smRatio'?: "smRatio";
}

export interface ProcessSample__Output {
  'pid': (number);
  'name': (string);
  'memoryUsedMib'?: (string);
  'replica': (string);
  'model': (string);
  'smRatio'?: (number);
  'owner': (string);
  'container': (string);
  'containerName': (string);
  'containerImage': (string);
  'allocation': (string);
  '_memoryUsedMib'?: "memoryUsedMib";
  '_smRatio'?: "smRatio";
}
