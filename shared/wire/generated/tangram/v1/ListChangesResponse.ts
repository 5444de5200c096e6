// Original file: tangram/v1/change_service.proto

import type { Change as _tangram_v1_Change, Change__Output as _tangram_v1_Change__Output } from '../../tangram/v1/Change.ts';

export interface ListChangesResponse {
  'changes'?: (_tangram_v1_Change)[];
  'nextPageToken'?: (string);
}

export interface ListChangesResponse__Output {
  'changes': (_tangram_v1_Change__Output)[];
  'nextPageToken': (string);
}
