// Original file: tangram/v1/cluster_service.proto


export interface DrainNodeRequest {
  'name'?: (string);
  'etag'?: (string);
  'requestId'?: (string);
}

export interface DrainNodeRequest__Output {
  'name': (string);
  'etag': (string);
  'requestId': (string);
}
