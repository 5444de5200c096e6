// Original file: tangram/link/v1/link_service.proto

import type { Long } from '@grpc/proto-loader';

export interface Welcome {
  'protocolVersion'?: (number);
  'capabilities'?: (string)[];
  'clusterId'?: (string);
  'epoch'?: (number | string | Long);
  'heartbeatMs'?: (number);
}

export interface Welcome__Output {
  'protocolVersion': (number);
  'capabilities': (string)[];
  'clusterId': (string);
  'epoch': (string);
  'heartbeatMs': (number);
}
