// Original file: tangram/v1/whatif_service.proto

import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from '../../tangram/v1/Model.ts';
import type { PlanBudget as _tangram_v1_PlanBudget, PlanBudget__Output as _tangram_v1_PlanBudget__Output } from '../../tangram/v1/PlanBudget.ts';

export interface TryModelRequest {
  'model'?: (_tangram_v1_Model | null);
  'budget'?: (_tangram_v1_PlanBudget | null);
}

export interface TryModelRequest__Output {
  'model': (_tangram_v1_Model__Output | null);
  'budget': (_tangram_v1_PlanBudget__Output | null);
}
