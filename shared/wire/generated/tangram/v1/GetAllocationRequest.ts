// Original file: tangram/v1/allocation_service.proto


export interface GetAllocationRequest {
  'name'?: (string);
}

export interface GetAllocationRequest__Output {
  'name': (string);
}
