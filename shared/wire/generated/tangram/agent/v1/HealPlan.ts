// Original file: tangram/agent/v1/health_service.proto


export interface HealPlan {
  'resets'?: (boolean);
  'steps'?: (string)[];
  'notes'?: (string)[];
}

export interface HealPlan__Output {
  'resets': (boolean);
  'steps': (string)[];
  'notes': (string)[];
}
