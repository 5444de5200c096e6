// Original file: tangram/v1/trust_service.proto


export interface RetireAuthorityRequest {
  'force'?: (boolean);
}

export interface RetireAuthorityRequest__Output {
  'force': (boolean);
}
