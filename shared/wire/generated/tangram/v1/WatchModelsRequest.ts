// Original file: tangram/v1/scheduler_service.proto


export interface WatchModelsRequest {
  'name'?: (string);
}

export interface WatchModelsRequest__Output {
  'name': (string);
}
