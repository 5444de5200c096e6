// Original file: tangram/v1/trust_service.proto


export interface ListJoinTokensRequest {
}

export interface ListJoinTokensRequest__Output {
}
