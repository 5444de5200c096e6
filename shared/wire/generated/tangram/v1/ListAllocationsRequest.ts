// Original file: tangram/v1/allocation_service.proto


export interface ListAllocationsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListAllocationsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
}
