// Original file: tangram/agent/v1/agent_service.proto


export interface GetLogsResponse {
  'text'?: (string);
}

export interface GetLogsResponse__Output {
  'text': (string);
}
