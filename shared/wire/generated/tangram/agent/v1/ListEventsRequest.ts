// Original file: tangram/agent/v1/agent_service.proto


export interface ListEventsRequest {
  'limit'?: (number);
}

export interface ListEventsRequest__Output {
  'limit': (number);
}
