// Original file: tangram/join/v1/join_service.proto


export interface GetTrustRequest {
}

export interface GetTrustRequest__Output {
}
