// Original file: tangram/v1/access_service.proto


export interface ListUsersRequest {
}

export interface ListUsersRequest__Output {
}
