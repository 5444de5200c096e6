// Original file: tangram/v1/trust_service.proto


export interface RevokeJoinTokenRequest {
  'id'?: (string);
}

export interface RevokeJoinTokenRequest__Output {
  'id': (string);
}
