// Original file: tangram/agent/v1/agent_service.proto


export interface GetTopRequest {
}

export interface GetTopRequest__Output {
}
