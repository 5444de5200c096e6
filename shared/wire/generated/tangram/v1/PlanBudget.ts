// Original file: tangram/v1/plan.proto

import type { Long } from '@grpc/proto-loader';

export interface PlanBudget {
  'interruptionMs'?: (number | string | Long);
  'allowPreemption'?: (boolean);
  'recutIdle'?: (boolean);
}

export interface PlanBudget__Output {
  'interruptionMs': (string);
  'allowPreemption': (boolean);
  'recutIdle': (boolean);
}
