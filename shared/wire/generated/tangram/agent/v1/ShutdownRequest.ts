// Original file: tangram/agent/v1/agent_service.proto


export interface ShutdownRequest {
  'stopReplicas'?: (boolean);
}

export interface ShutdownRequest__Output {
  'stopReplicas': (boolean);
}
