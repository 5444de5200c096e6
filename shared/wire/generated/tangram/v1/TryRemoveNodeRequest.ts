// Original file: tangram/v1/whatif_service.proto


export interface TryRemoveNodeRequest {
  'node'?: (string);
}

export interface TryRemoveNodeRequest__Output {
  'node': (string);
}
