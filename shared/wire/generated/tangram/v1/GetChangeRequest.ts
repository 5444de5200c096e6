// Original file: tangram/v1/change_service.proto


export interface GetChangeRequest {
  'change'?: (string);
}

export interface GetChangeRequest__Output {
  'change': (string);
}
