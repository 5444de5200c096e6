// Original file: tangram/v1/cluster_service.proto


export interface UncordonNodeRequest {
  'name'?: (string);
}

export interface UncordonNodeRequest__Output {
  'name': (string);
}
