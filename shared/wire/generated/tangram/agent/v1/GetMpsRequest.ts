// Original file: tangram/agent/v1/mps_service.proto


export interface GetMpsRequest {
}

export interface GetMpsRequest__Output {
}
