// Original file: tangram/agent/v1/agent_service.proto


export interface GetLogsRequest {
  'replica'?: (string);
  'tailLines'?: (number);
}

export interface GetLogsRequest__Output {
  'replica': (string);
  'tailLines': (number);
}
