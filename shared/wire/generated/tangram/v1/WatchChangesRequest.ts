// Original file: tangram/v1/change_service.proto

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from '../../google/protobuf/FieldMask.ts';

export interface WatchChangesRequest {
  'change'?: (string);
  'resumeRevision'?: (string);
  'readMask'?: (_google_protobuf_FieldMask | null);
}

export interface WatchChangesRequest__Output {
  'change': (string);
  'resumeRevision': (string);
  'readMask': (_google_protobuf_FieldMask__Output | null);
}
