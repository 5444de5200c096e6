// Original file: tangram/v1/plan.proto


export interface Evidence {
  'reason'?: (string);
  'counted'?: (string);
  'count'?: (number);
  'example'?: (string);
}

export interface Evidence__Output {
  'reason': (string);
  'counted': (string);
  'count': (number);
  'example': (string);
}
