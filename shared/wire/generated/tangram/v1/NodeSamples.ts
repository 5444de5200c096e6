// Original file: tangram/v1/telemetry_service.proto

import type { Long } from '@grpc/proto-loader';

export interface NodeSamples {
  'node'?: (string);
  'atMs'?: (number | string | Long);
  'metrics'?: (string)[];
  'rows'?: (string)[];
  'values'?: (number | string)[];
}

export interface NodeSamples__Output {
  'node': (string);
  'atMs': (string);
  'metrics': (string)[];
  'rows': (string)[];
  'values': (number)[];
}
