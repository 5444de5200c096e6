// Original file: tangram/v1/cluster_service.proto


export interface ListEventsRequest {
  'limit'?: (number);
  'subject'?: (string);
  'pageToken'?: (string);
}

export interface ListEventsRequest__Output {
  'limit': (number);
  'subject': (string);
  'pageToken': (string);
}
