// Original file: tangram/v1/cluster_service.proto

import type { FieldMask as _google_protobuf_FieldMask, FieldMask__Output as _google_protobuf_FieldMask__Output } from '../../google/protobuf/FieldMask.ts';

export interface WatchNodesRequest {
  'name'?: (string);
  'resumeRevision'?: (string);
  'readMask'?: (_google_protobuf_FieldMask | null);
}

export interface WatchNodesRequest__Output {
  'name': (string);
  'resumeRevision': (string);
  'readMask': (_google_protobuf_FieldMask__Output | null);
}
