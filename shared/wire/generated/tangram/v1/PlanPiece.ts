// Original file: tangram/v1/plan.proto


export interface PlanPiece {
  'startMilli'?: (number);
  'sizeMilli'?: (number);
  'shape'?: (string);
  'model'?: (string);
  'replica'?: (string);
  'changed'?: (boolean);
}

export interface PlanPiece__Output {
  'startMilli': (number);
  'sizeMilli': (number);
  'shape': (string);
  'model': (string);
  'replica': (string);
  'changed': (boolean);
}
