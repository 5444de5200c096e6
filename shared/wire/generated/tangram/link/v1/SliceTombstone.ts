// Original file: tangram/link/v1/link_service.proto

import type { Long } from '@grpc/proto-loader';

export interface SliceTombstone {
  'slice'?: (string);
  'incarnation'?: (number | string | Long);
  'gpuUuid'?: (string);
}

export interface SliceTombstone__Output {
  'slice': (string);
  'incarnation': (string);
  'gpuUuid': (string);
}
