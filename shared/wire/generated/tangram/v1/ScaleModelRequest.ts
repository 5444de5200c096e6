// Original file: tangram/v1/scheduler_service.proto


export interface ScaleModelRequest {
  'name'?: (string);
  'replicas'?: (number);
  'etag'?: (string);
  'validateOnly'?: (boolean);
  'requestId'?: (string);
}

export interface ScaleModelRequest__Output {
  'name': (string);
  'replicas': (number);
  'etag': (string);
  'validateOnly': (boolean);
  'requestId': (string);
}
