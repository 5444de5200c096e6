// Original file: tangram/v1/change_service.proto

import type { Plan as _tangram_v1_Plan, Plan__Output as _tangram_v1_Plan__Output } from '../../tangram/v1/Plan.ts';

export interface PlanDefragResponse {
  'plan'?: (_tangram_v1_Plan | null);
}

export interface PlanDefragResponse__Output {
  'plan': (_tangram_v1_Plan__Output | null);
}
