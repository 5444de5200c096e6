// Original file: tangram/v1/access_service.proto


export interface WhoAmIRequest {
}

export interface WhoAmIRequest__Output {
}
