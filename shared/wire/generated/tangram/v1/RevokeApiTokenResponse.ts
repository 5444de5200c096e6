// Original file: tangram/v1/access_service.proto


export interface RevokeApiTokenResponse {
}

export interface RevokeApiTokenResponse__Output {
}
