// Original file: tangram/v1/trust_service.proto


export interface RevokeJoinTokenResponse {
}

export interface RevokeJoinTokenResponse__Output {
}
