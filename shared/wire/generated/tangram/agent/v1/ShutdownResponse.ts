// Original file: tangram/agent/v1/agent_service.proto


export interface ShutdownResponse {
  'replicasStopped'?: (number);
}

export interface ShutdownResponse__Output {
  'replicasStopped': (number);
}
