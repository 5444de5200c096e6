// Original file: tangram/agent/v1/agent_service.proto


export interface PowerParts {
  'totalWatts'?: (number | string);
  'idleWatts'?: (number | string);
  'unattributedWatts'?: (number | string);
}

export interface PowerParts__Output {
  'totalWatts': (number);
  'idleWatts': (number);
  'unattributedWatts': (number);
}
