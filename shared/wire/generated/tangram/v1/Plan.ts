// Original file: tangram/v1/plan.proto

import type { PlanStage as _tangram_v1_PlanStage, PlanStage__Output as _tangram_v1_PlanStage__Output } from '../../tangram/v1/PlanStage.ts';
import type { Long } from '@grpc/proto-loader';

export interface Plan {
  'plan'?: (string);
  'stages'?: (_tangram_v1_PlanStage)[];
  'replicasInterrupted'?: (number);
  'estimatedMs'?: (number | string | Long);
  'unplaced'?: (string);
}

export interface Plan__Output {
  'plan': (string);
  'stages': (_tangram_v1_PlanStage__Output)[];
  'replicasInterrupted': (number);
  'estimatedMs': (string);
  'unplaced': (string);
}
