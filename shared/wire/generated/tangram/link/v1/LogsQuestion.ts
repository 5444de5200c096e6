// Original file: tangram/link/v1/link_service.proto

import type { Long } from '@grpc/proto-loader';

export interface LogsQuestion {
  'id'?: (number | string | Long);
  'replica'?: (string);
  'tailLines'?: (number);
}

export interface LogsQuestion__Output {
  'id': (string);
  'replica': (string);
  'tailLines': (number);
}
