// Original file: tangram/v1/plan.proto


export interface PlanStep {
  'kind'?: (string);
  'node'?: (string);
  'text'?: (string);
}

export interface PlanStep__Output {
  'kind': (string);
  'node': (string);
  'text': (string);
}
