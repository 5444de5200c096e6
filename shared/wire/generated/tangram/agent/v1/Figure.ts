// Original file: tangram/agent/v1/agent_service.proto


export interface Figure {
  'value'?: (number | string);
  'basis'?: (string);
}

export interface Figure__Output {
  'value': (number);
  'basis': (string);
}
