// Original file: tangram/v1/allocation_service.proto


export interface WatchAllocationsRequest {
  'name'?: (string);
}

export interface WatchAllocationsRequest__Output {
  'name': (string);
}
