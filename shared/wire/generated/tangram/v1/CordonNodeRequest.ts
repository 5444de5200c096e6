// Original file: tangram/v1/cluster_service.proto


export interface CordonNodeRequest {
  'name'?: (string);
}

export interface CordonNodeRequest__Output {
  'name': (string);
}
