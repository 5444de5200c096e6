// Original file: tangram/link/v1/link_service.proto

import type { Long } from '@grpc/proto-loader';

export interface Standing {
  'leading'?: (boolean);
  'epoch'?: (number | string | Long);
  'leader'?: (string);
}

export interface Standing__Output {
  'leading': (boolean);
  'epoch': (string);
  'leader': (string);
}
