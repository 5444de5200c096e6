// Original file: tangram/v1/cluster_service.proto


export interface UncordonNodeRequest {
  'name'?: (string);
  'etag'?: (string);
  'requestId'?: (string);
}

export interface UncordonNodeRequest__Output {
  'name': (string);
  'etag': (string);
  'requestId': (string);
}
