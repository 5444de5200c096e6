// Original file: tangram/v1/whatif_service.proto


export interface ThoughtWait {
  'model'?: (string);
  'replica'?: (string);
  'reason'?: (string);
  'nearest'?: (string);
}

export interface ThoughtWait__Output {
  'model': (string);
  'replica': (string);
  'reason': (string);
  'nearest': (string);
}
