// Original file: tangram/agent/v1/layout_service.proto


export interface ApplyLayoutRequest {
  'document'?: (string);
  'source'?: (string);
  'config'?: (string);
  'interrupt'?: (boolean);
  'planId'?: (string);
  'stopDcgm'?: (boolean);
}

export interface ApplyLayoutRequest__Output {
  'document': (string);
  'source': (string);
  'config': (string);
  'interrupt': (boolean);
  'planId': (string);
  'stopDcgm': (boolean);
}
