// Original file: tangram/agent/v1/layout_service.proto


export interface LayoutStepView {
  'kind'?: (string);
  'text'?: (string);
}

export interface LayoutStepView__Output {
  'kind': (string);
  'text': (string);
}
