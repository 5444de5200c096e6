// Original file: tangram/v1/scheduler_service.proto


export interface ExplainRequest {
  'name'?: (string);
}

export interface ExplainRequest__Output {
  'name': (string);
}
