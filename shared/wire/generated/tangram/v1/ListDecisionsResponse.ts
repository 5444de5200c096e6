// Original file: tangram/v1/decision_service.proto

import type { Decision as _tangram_v1_Decision, Decision__Output as _tangram_v1_Decision__Output } from '../../tangram/v1/Decision.ts';

export interface ListDecisionsResponse {
  'decisions'?: (_tangram_v1_Decision)[];
  'nextPageToken'?: (string);
}

export interface ListDecisionsResponse__Output {
  'decisions': (_tangram_v1_Decision__Output)[];
  'nextPageToken': (string);
}
