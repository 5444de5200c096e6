// Original file: tangram/v1/scheduler_service.proto


export interface DeleteModelRequest {
  'name'?: (string);
  'validateOnly'?: (boolean);
  'etag'?: (string);
  'requestId'?: (string);
}

export interface DeleteModelRequest__Output {
  'name': (string);
  'validateOnly': (boolean);
  'etag': (string);
  'requestId': (string);
}
