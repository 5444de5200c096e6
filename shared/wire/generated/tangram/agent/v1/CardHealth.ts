// Original file: tangram/agent/v1/health_service.proto


export interface CardHealth {
  'gpuUuid'?: (string);
  'index'?: (number);
}

export interface CardHealth__Output {
  'gpuUuid': (string);
  'index': (number);
}
