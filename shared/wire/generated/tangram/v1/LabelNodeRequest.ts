// Original file: tangram/v1/cluster_service.proto


export interface LabelNodeRequest {
  'name'?: (string);
  'labels'?: ({[key: string]: string});
  'etag'?: (string);
  'requestId'?: (string);
}

export interface LabelNodeRequest__Output {
  'name': (string);
  'labels': ({[key: string]: string});
  'etag': (string);
  'requestId': (string);
}
