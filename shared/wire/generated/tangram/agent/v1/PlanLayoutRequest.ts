// Original file: tangram/agent/v1/layout_service.proto


export interface PlanLayoutRequest {
  'document'?: (string);
  'source'?: (string);
  'config'?: (string);
  'interrupt'?: (boolean);
}

export interface PlanLayoutRequest__Output {
  'document': (string);
  'source': (string);
  'config': (string);
  'interrupt': (boolean);
}
