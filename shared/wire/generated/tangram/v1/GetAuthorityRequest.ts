// Original file: tangram/v1/trust_service.proto


export interface GetAuthorityRequest {
}

export interface GetAuthorityRequest__Output {
}
