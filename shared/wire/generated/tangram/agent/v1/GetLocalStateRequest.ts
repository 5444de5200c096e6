// Original file: tangram/agent/v1/local_service.proto


export interface GetLocalStateRequest {
}

export interface GetLocalStateRequest__Output {
}
