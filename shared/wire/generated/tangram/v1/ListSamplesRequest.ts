// Original file: tangram/v1/telemetry_service.proto


export interface ListSamplesRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'node'?: (string);
}

export interface ListSamplesRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'node': (string);
}
