// Original file: tangram/v1/change_service.proto

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from '../../google/protobuf/FieldMask.ts';

export interface GetChangeRequest {
  'change'?: (string);
  'readMask'?: (_google_protobuf_FieldMask | null);
}

export interface GetChangeRequest__Output {
  'change': (string);
  'readMask': (_google_protobuf_FieldMask__Output | null);
}
