// Original file: tangram/agent/v1/mps_service.proto


export interface MpsServer {
  'pid'?: (number);
  'uid'?: (number);
  'status'?: (string);
  '_uid'?: "uid";
}

export interface MpsServer__Output {
  'pid': (number);
  'uid'?: (number);
  'status': (string);
  '_uid'?: "uid";
}
