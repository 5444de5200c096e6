// Original file: tangram/v1/cluster_service.proto


export interface CordonNodeRequest {
  'name'?: (string);
  'etag'?: (string);
  'requestId'?: (string);
}

export interface CordonNodeRequest__Output {
  'name': (string);
  'etag': (string);
  'requestId': (string);
}
