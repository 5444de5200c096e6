// Original file: tangram/agent/v1/local_service.proto


export interface SetAuthorityRequest {
  'gpuUuid'?: (string);
  'authority'?: (string);
}

export interface SetAuthorityRequest__Output {
  'gpuUuid': (string);
  'authority': (string);
}
