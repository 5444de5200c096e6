// Original file: tangram/v1/allocation_service.proto

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from '../../google/protobuf/FieldMask.ts';

export interface WatchAllocationsRequest {
  'name'?: (string);
  'resumeRevision'?: (string);
  'readMask'?: (_google_protobuf_FieldMask | null);
}

export interface WatchAllocationsRequest__Output {
  'name': (string);
  'resumeRevision': (string);
  'readMask': (_google_protobuf_FieldMask__Output | null);
}
