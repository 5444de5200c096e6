// Original file: tangram/agent/v1/layout_service.proto


export interface ApplyLayoutResponse {
  'gpuUuid'?: (string);
  'step'?: (number);
  'steps'?: (number);
  'state'?: (string);
  'text'?: (string);
}

export interface ApplyLayoutResponse__Output {
  'gpuUuid': (string);
  'step': (number);
  'steps': (number);
  'state': (string);
  'text': (string);
}
