// Original file: tangram/v1/whatif_service.proto


export interface ThoughtPlace {
  'model'?: (string);
  'replica'?: (string);
  'node'?: (string);
  'slices'?: (string)[];
}

export interface ThoughtPlace__Output {
  'model': (string);
  'replica': (string);
  'node': (string);
  'slices': (string)[];
}
