// Original file: tangram/v1/scheduler_service.proto

import type { Model as _tangram_v1_Model, Model__Output as _tangram_v1_Model__Output } from '../../tangram/v1/Model.ts';
import type { ApplyOutcome as _tangram_v1_ApplyOutcome, ApplyOutcome__Output as _tangram_v1_ApplyOutcome__Output } from '../../tangram/v1/ApplyOutcome.ts';
import type { Plan as _tangram_v1_Plan, Plan__Output as _tangram_v1_Plan__Output } from '../../tangram/v1/Plan.ts';

export interface ScaleModelResponse {
  'model'?: (_tangram_v1_Model | null);
  'outcome'?: (_tangram_v1_ApplyOutcome);
  'plan'?: (_tangram_v1_Plan | null);
  'change'?: (string);
}

export interface ScaleModelResponse__Output {
  'model': (_tangram_v1_Model__Output | null);
  'outcome': (_tangram_v1_ApplyOutcome__Output);
  'plan': (_tangram_v1_Plan__Output | null);
  'change': (string);
}
