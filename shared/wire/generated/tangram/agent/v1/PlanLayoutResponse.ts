// Original file: tangram/agent/v1/layout_service.proto

import type { CardLayoutPlan as _tangram_agent_v1_CardLayoutPlan, CardLayoutPlan__Output as _tangram_agent_v1_CardLayoutPlan__Output } from '../../../tangram/agent/v1/CardLayoutPlan.ts';

export interface PlanLayoutResponse {
  'planId'?: (string);
  'cards'?: (_tangram_agent_v1_CardLayoutPlan)[];
}

export interface PlanLayoutResponse__Output {
  'planId': (string);
  'cards': (_tangram_agent_v1_CardLayoutPlan__Output)[];
}
