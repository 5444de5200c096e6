// Original file: tangram/v1/allocation_service.proto

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from '../../google/protobuf/FieldMask.ts';

export interface GetAllocationRequest {
  'name'?: (string);
  'readMask'?: (_google_protobuf_FieldMask | null);
}

export interface GetAllocationRequest__Output {
  'name': (string);
  'readMask': (_google_protobuf_FieldMask__Output | null);
}
