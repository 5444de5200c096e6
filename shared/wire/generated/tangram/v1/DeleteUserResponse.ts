// Original file: tangram/v1/access_service.proto


export interface DeleteUserResponse {
}

export interface DeleteUserResponse__Output {
}
