// Original file: tangram/agent/v1/mps_service.proto


export interface GetMpsCapabilitiesResponse {
  'serverStatus'?: (boolean);
  'memoryLimits'?: (boolean);
  'staticPartitions'?: (boolean);
  'protocolV3'?: (boolean);
  'dmemController'?: (boolean);
  'evidence'?: (string);
  '_serverStatus'?: "serverStatus";
  '_memoryLimits'?: "memoryLimits";
  '_staticPartitions'?: "staticPartitions";
  '_protocolV3'?: "protocolV3";
}

export interface GetMpsCapabilitiesResponse__Output {
  'serverStatus'?: (boolean);
  'memoryLimits'?: (boolean);
  'staticPartitions'?: (boolean);
  'protocolV3'?: (boolean);
  'dmemController': (boolean);
  'evidence': (string);
  '_serverStatus'?: "serverStatus";
  '_memoryLimits'?: "memoryLimits";
  '_staticPartitions'?: "staticPartitions";
  '_protocolV3'?: "protocolV3";
}
