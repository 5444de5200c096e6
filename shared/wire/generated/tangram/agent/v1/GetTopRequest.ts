// Original file: tangram/agent/v1/agent_service.proto


export interface GetTopRequest {
  'historySeconds'?: (number);
}

export interface GetTopRequest__Output {
  'historySeconds': (number);
}
