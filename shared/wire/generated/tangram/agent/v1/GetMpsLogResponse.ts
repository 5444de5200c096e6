// Original file: tangram/agent/v1/mps_service.proto


export interface GetMpsLogResponse {
  'text'?: (string);
}

export interface GetMpsLogResponse__Output {
  'text': (string);
}
