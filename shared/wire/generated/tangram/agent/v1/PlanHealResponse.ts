// Original file: tangram/agent/v1/health_service.proto

import type { HealPlan as _tangram_agent_v1_HealPlan, HealPlan__Output as _tangram_agent_v1_HealPlan__Output } from '../../../tangram/agent/v1/HealPlan.ts';

export interface PlanHealResponse {
  'plan'?: (_tangram_agent_v1_HealPlan | null);
}

export interface PlanHealResponse__Output {
  'plan': (_tangram_agent_v1_HealPlan__Output | null);
}
