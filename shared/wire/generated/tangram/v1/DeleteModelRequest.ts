// Original file: tangram/v1/scheduler_service.proto


export interface DeleteModelRequest {
  'name'?: (string);
  'validateOnly'?: (boolean);
}

export interface DeleteModelRequest__Output {
  'name': (string);
  'validateOnly': (boolean);
}
