// Original file: tangram/agent/v1/mps_service.proto


export interface MpsFault {
  'serverPid'?: (number);
  'clientPid'?: (number);
  'reason'?: (string);
  'live'?: (boolean);
}

export interface MpsFault__Output {
  'serverPid': (number);
  'clientPid': (number);
  'reason': (string);
  'live': (boolean);
}
