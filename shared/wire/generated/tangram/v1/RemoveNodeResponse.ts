// Original file: tangram/v1/cluster_service.proto


export interface RemoveNodeResponse {
  'replicas'?: (number);
  'allocations'?: (string)[];
}

export interface RemoveNodeResponse__Output {
  'replicas': (number);
  'allocations': (string)[];
}
