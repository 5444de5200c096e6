// Original file: tangram/agent/v1/agent_service.proto


export interface GetNodeRequest {
}

export interface GetNodeRequest__Output {
}
