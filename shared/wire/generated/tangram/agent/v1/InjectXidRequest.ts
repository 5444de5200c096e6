// Original file: tangram/agent/v1/health_service.proto


export interface InjectXidRequest {
  'gpuUuid'?: (string);
  'xid'?: (number);
  'gpuInstanceId'?: (number);
  'pid'?: (number);
  'dryRun'?: (boolean);
  '_gpuInstanceId'?: "gpuInstanceId";
  '_pid'?: "pid";
}

export interface InjectXidRequest__Output {
  'gpuUuid': (string);
  'xid': (number);
  'gpuInstanceId'?: (number);
  'pid'?: (number);
  'dryRun': (boolean);
  '_gpuInstanceId'?: "gpuInstanceId";
  '_pid'?: "pid";
}
