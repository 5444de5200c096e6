// Original file: tangram/v1/change_service.proto

import type { Change as _tangram_v1_Change, Change__Output as _tangram_v1_Change__Output } from '../../tangram/v1/Change.ts';

export interface WaitChangeResponse {
  'change'?: (_tangram_v1_Change | null);
}

export interface WaitChangeResponse__Output {
  'change': (_tangram_v1_Change__Output | null);
}
