// Original file: tangram/v1/cluster_service.proto


export interface DrainRemainder {
  'replica'?: (string);
  'allocation'?: (string);
  'model'?: (string);
  'reason'?: (string);
  'blocked'?: (boolean);
}

export interface DrainRemainder__Output {
  'replica': (string);
  'allocation': (string);
  'model': (string);
  'reason': (string);
  'blocked': (boolean);
}
