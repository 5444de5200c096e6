// Original file: tangram/agent/v1/layout_service.proto

import type { Long } from '@grpc/proto-loader';

export interface MigProfileView {
  'name'?: (string);
  'profileId'?: (number);
  'memoryMib'?: (number | string | Long);
  'free'?: (number);
  'total'?: (number);
  'size'?: (number);
  'starts'?: (number)[];
  'freeStarts'?: (number)[];
}

export interface MigProfileView__Output {
  'name': (string);
  'profileId': (number);
  'memoryMib': (string);
  'free': (number);
  'total': (number);
  'size': (number);
  'starts': (number)[];
  'freeStarts': (number)[];
}
