// Original file: tangram/v1/cluster_service.proto


export interface RemoveNodeRequest {
  'name'?: (string);
  'requestId'?: (string);
}

export interface RemoveNodeRequest__Output {
  'name': (string);
  'requestId': (string);
}
