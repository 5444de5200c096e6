// Original file: tangram/agent/v1/agent_service.proto


export interface ListGpusRequest {
}

export interface ListGpusRequest__Output {
}
