// Original file: tangram/v1/scheduler_service.proto


export interface ListModelsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListModelsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
}
