// Original file: tangram/agent/v1/local_service.proto


export interface SetLocalTargetResponse {
}

export interface SetLocalTargetResponse__Output {
}
