// Original file: tangram/v1/cluster_service.proto


export interface ListNodesRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListNodesRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
}
