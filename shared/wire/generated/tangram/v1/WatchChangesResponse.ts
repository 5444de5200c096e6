// Original file: tangram/v1/change_service.proto

import type { Change as _tangram_v1_Change, Change__Output as _tangram_v1_Change__Output } from '../../tangram/v1/Change.ts';

export interface WatchChangesResponse {
  'change'?: (_tangram_v1_Change | null);
  'forgotten'?: (string);
  'synced'?: (boolean);
  'revision'?: (string);
  'bookmark'?: (boolean);
  'event'?: "change"|"forgotten"|"synced"|"bookmark";
}

export interface WatchChangesResponse__Output {
  'change'?: (_tangram_v1_Change__Output | null);
  'forgotten'?: (string);
  'synced'?: (boolean);
  'revision': (string);
  'bookmark'?: (boolean);
  'event'?: "change"|"forgotten"|"synced"|"bookmark";
}
