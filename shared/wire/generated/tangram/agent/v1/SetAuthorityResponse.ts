// Original file: tangram/agent/v1/local_service.proto


export interface SetAuthorityResponse {
  'authority'?: (string);
}

export interface SetAuthorityResponse__Output {
  'authority': (string);
}
