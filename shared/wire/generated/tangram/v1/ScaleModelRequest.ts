// Original file: tangram/v1/scheduler_service.proto


export interface ScaleModelRequest {
  'name'?: (string);
  'replicas'?: (number);
}

export interface ScaleModelRequest__Output {
  'name': (string);
  'replicas': (number);
}
