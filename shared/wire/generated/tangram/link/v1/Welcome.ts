// Original file: tangram/link/v1/link_service.proto

import type { Standing as _tangram_link_v1_Standing, Standing__Output as _tangram_link_v1_Standing__Output } from '../../../tangram/link/v1/Standing.ts';
import type { Long } from '@grpc/proto-loader';

export interface Welcome {
  'protocolVersion'?: (number);
  'capabilities'?: (string)[];
  'clusterId'?: (string);
  'epoch'?: (number | string | Long);
  'heartbeatMs'?: (number);
  'standing'?: (_tangram_link_v1_Standing | null);
}

export interface Welcome__Output {
  'protocolVersion': (number);
  'capabilities': (string)[];
  'clusterId': (string);
  'epoch': (string);
  'heartbeatMs': (number);
  'standing': (_tangram_link_v1_Standing__Output | null);
}
