// Original file: tangram/v1/decision_service.proto


export interface OutcomeDifference {
  'path'?: (string);
  'logged'?: (string);
  'replayed'?: (string);
}

export interface OutcomeDifference__Output {
  'path': (string);
  'logged': (string);
  'replayed': (string);
}
