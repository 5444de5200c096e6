// Original file: tangram/v1/cluster_service.proto


export interface DrainNodeRequest {
  'name'?: (string);
}

export interface DrainNodeRequest__Output {
  'name': (string);
}
