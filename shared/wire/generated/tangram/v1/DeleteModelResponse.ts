// Original file: tangram/v1/scheduler_service.proto

import type { Plan as _tangram_v1_Plan, Plan__Output as _tangram_v1_Plan__Output } from '../../tangram/v1/Plan.ts';

export interface DeleteModelResponse {
  'plan'?: (_tangram_v1_Plan | null);
  'change'?: (string);
}

export interface DeleteModelResponse__Output {
  'plan': (_tangram_v1_Plan__Output | null);
  'change': (string);
}
