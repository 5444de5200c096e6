// Original file: tangram/agent/v1/agent_service.proto


export interface ListReplicasRequest {
}

export interface ListReplicasRequest__Output {
}
