// Original file: tangram/v1/scheduler_service.proto


export interface GetReplicaLogsRequest {
  'replica'?: (string);
  'tailLines'?: (number);
}

export interface GetReplicaLogsRequest__Output {
  'replica': (string);
  'tailLines': (number);
}
