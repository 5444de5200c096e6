// Original file: tangram/v1/change_service.proto


export interface AbortChangeRequest {
  'change'?: (string);
  'requestId'?: (string);
}

export interface AbortChangeRequest__Output {
  'change': (string);
  'requestId': (string);
}
