// Original file: tangram/v1/change_service.proto

import type { PlanBudget as _tangram_v1_PlanBudget, PlanBudget__Output as _tangram_v1_PlanBudget__Output } from '../../tangram/v1/PlanBudget.ts';

export interface PlanDefragRequest {
  'budget'?: (_tangram_v1_PlanBudget | null);
  'requestId'?: (string);
}

export interface PlanDefragRequest__Output {
  'budget': (_tangram_v1_PlanBudget__Output | null);
  'requestId': (string);
}
