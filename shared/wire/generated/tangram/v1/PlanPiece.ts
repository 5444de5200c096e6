// Original file: tangram/v1/plan.proto


export interface PlanPiece {
  'start'?: (number);
  'size'?: (number);
  'shape'?: (string);
  'model'?: (string);
  'replica'?: (string);
  'changed'?: (boolean);
}

export interface PlanPiece__Output {
  'start': (number);
  'size': (number);
  'shape': (string);
  'model': (string);
  'replica': (string);
  'changed': (boolean);
}
