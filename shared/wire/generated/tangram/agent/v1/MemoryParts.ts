// Original file: tangram/agent/v1/agent_service.proto


export interface MemoryParts {
  'totalMib'?: (number | string);
  'overheadMib'?: (number | string);
  'unattributedMib'?: (number | string);
  'strandedMib'?: (number | string);
  'idleMib'?: (number | string);
}

export interface MemoryParts__Output {
  'totalMib': (number);
  'overheadMib': (number);
  'unattributedMib': (number);
  'strandedMib': (number);
  'idleMib': (number);
}
