// Original file: tangram/agent/v1/layout_service.proto


export interface LayoutBlockView {
  'reason'?: (string);
  'detail'?: (string);
}

export interface LayoutBlockView__Output {
  'reason': (string);
  'detail': (string);
}
