// Original file: tangram/v1/scheduler_service.proto


export interface GetReplicaLogsResponse {
  'text'?: (string);
}

export interface GetReplicaLogsResponse__Output {
  'text': (string);
}
