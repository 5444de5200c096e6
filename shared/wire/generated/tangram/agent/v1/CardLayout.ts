// Original file: tangram/agent/v1/layout_service.proto


export interface CardLayout {
  'gpuUuid'?: (string);
  'index'?: (number);
}

export interface CardLayout__Output {
  'gpuUuid': (string);
  'index': (number);
}
