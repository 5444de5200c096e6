// Original file: tangram/agent/v1/health_service.proto


export interface PlanHealRequest {
  'gpuUuid'?: (string);
}

export interface PlanHealRequest__Output {
  'gpuUuid': (string);
}
