// Original file: tangram/v1/access_service.proto


export interface RevokeApiTokenRequest {
  'id'?: (string);
}

export interface RevokeApiTokenRequest__Output {
  'id': (string);
}
