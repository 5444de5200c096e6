// Original file: tangram/v1/plan.proto

import type { PlanStep as _tangram_v1_PlanStep, PlanStep__Output as _tangram_v1_PlanStep__Output } from '../../tangram/v1/PlanStep.ts';

export interface PlanStage {
  'title'?: (string);
  'steps'?: (_tangram_v1_PlanStep)[];
  'until'?: (string);
}

export interface PlanStage__Output {
  'title': (string);
  'steps': (_tangram_v1_PlanStep__Output)[];
  'until': (string);
}
