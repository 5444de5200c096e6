// Original file: tangram/v1/plan.proto

import type { PlanStep as _tangram_v1_PlanStep, PlanStep__Output as _tangram_v1_PlanStep__Output } from '../../tangram/v1/PlanStep.ts';
import type { Long } from '@grpc/proto-loader';

export interface PlanStage {
  'title'?: (string);
  'steps'?: (_tangram_v1_PlanStep)[];
  'until'?: (string);
  'abortsOn'?: (string)[];
  'deadlineMs'?: (number | string | Long);
}

export interface PlanStage__Output {
  'title': (string);
  'steps': (_tangram_v1_PlanStep__Output)[];
  'until': (string);
  'abortsOn': (string)[];
  'deadlineMs': (string);
}
