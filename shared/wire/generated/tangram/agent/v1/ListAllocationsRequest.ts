// Original file: tangram/agent/v1/agent_service.proto


export interface ListAllocationsRequest {
}

export interface ListAllocationsRequest__Output {
}
