// Original file: tangram/v1/change_service.proto

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from '../../google/protobuf/FieldMask.ts';
import type { Long } from '@grpc/proto-loader';

export interface WaitChangeRequest {
  'change'?: (string);
  'timeoutMs'?: (number | string | Long);
  'readMask'?: (_google_protobuf_FieldMask | null);
}

export interface WaitChangeRequest__Output {
  'change': (string);
  'timeoutMs': (string);
  'readMask': (_google_protobuf_FieldMask__Output | null);
}
