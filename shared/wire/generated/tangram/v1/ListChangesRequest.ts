// Original file: tangram/v1/change_service.proto


export interface ListChangesRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListChangesRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
}
