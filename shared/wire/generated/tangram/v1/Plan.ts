// Original file: tangram/v1/plan.proto

import type { PlanStage as _tangram_v1_PlanStage, PlanStage__Output as _tangram_v1_PlanStage__Output } from '../../tangram/v1/PlanStage.ts';
import type { PlanPrice as _tangram_v1_PlanPrice, PlanPrice__Output as _tangram_v1_PlanPrice__Output } from '../../tangram/v1/PlanPrice.ts';

export interface Plan {
  'plan'?: (string);
  'stages'?: (_tangram_v1_PlanStage)[];
  'unplaced'?: (string);
  'kind'?: (string);
  'price'?: (_tangram_v1_PlanPrice | null);
}

export interface Plan__Output {
  'plan': (string);
  'stages': (_tangram_v1_PlanStage__Output)[];
  'unplaced': (string);
  'kind': (string);
  'price': (_tangram_v1_PlanPrice__Output | null);
}
