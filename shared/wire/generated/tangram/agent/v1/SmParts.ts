// Original file: tangram/agent/v1/agent_service.proto


export interface SmParts {
  'idleRatio'?: (number | string);
  'unattributedRatio'?: (number | string);
}

export interface SmParts__Output {
  'idleRatio': (number);
  'unattributedRatio': (number);
}
