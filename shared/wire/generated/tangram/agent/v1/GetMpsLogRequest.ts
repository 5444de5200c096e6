// Original file: tangram/agent/v1/mps_service.proto


export interface GetMpsLogRequest {
  'gpuUuid'?: (string);
  'log'?: (string);
  'lines'?: (number);
}

export interface GetMpsLogRequest__Output {
  'gpuUuid': (string);
  'log': (string);
  'lines': (number);
}
