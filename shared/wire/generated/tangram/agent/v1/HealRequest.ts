// Original file: tangram/agent/v1/health_service.proto


export interface HealRequest {
  'gpuUuid'?: (string);
}

export interface HealRequest__Output {
  'gpuUuid': (string);
}
