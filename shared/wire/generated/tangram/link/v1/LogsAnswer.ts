// Original file: tangram/link/v1/link_service.proto

import type { Long } from '@grpc/proto-loader';

export interface LogsAnswer {
  'id'?: (number | string | Long);
  'text'?: (string);
  'error'?: (string);
}

export interface LogsAnswer__Output {
  'id': (string);
  'text': (string);
  'error': (string);
}
