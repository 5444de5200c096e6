// Original file: tangram/agent/v1/mps_service.proto


export interface MpsDaemon {
  'gpuUuid'?: (string);
  'index'?: (number);
}

export interface MpsDaemon__Output {
  'gpuUuid': (string);
  'index': (number);
}
