// Original file: tangram/agent/v1/mps_service.proto


export interface MpsClient {
  'pid'?: (number);
  'uid'?: (number);
  'serverPid'?: (number);
  'replica'?: (string);
  'allocation'?: (string);
  '_uid'?: "uid";
}

export interface MpsClient__Output {
  'pid': (number);
  'uid'?: (number);
  'serverPid': (number);
  'replica': (string);
  'allocation': (string);
  '_uid'?: "uid";
}
