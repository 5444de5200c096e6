// Original file: tangram/v1/scheduler_service.proto

import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from '../../tangram/v1/Model.ts';
import type { PlanBudget as _tangram_v1_PlanBudget, PlanBudget__Output as _tangram_v1_PlanBudget__Output } from '../../tangram/v1/PlanBudget.ts';

export interface ApplyModelRequest {
  'model'?: (_tangram_v1_Model | null);
  'validateOnly'?: (boolean);
  'etag'?: (string);
  'keepPlan'?: (boolean);
  'budget'?: (_tangram_v1_PlanBudget | null);
  'requestId'?: (string);
}

export interface ApplyModelRequest__Output {
  'model': (_tangram_v1_Model__Output | null);
  'validateOnly': (boolean);
  'etag': (string);
  'keepPlan': (boolean);
  'budget': (_tangram_v1_PlanBudget__Output | null);
  'requestId': (string);
}
