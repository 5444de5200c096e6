// Original file: tangram/v1/allocation_service.proto


export interface ReleaseAllocationRequest {
  'name'?: (string);
  'requestId'?: (string);
}

export interface ReleaseAllocationRequest__Output {
  'name': (string);
  'requestId': (string);
}
