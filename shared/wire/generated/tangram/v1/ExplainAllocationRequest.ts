// Original file: tangram/v1/allocation_service.proto


export interface ExplainAllocationRequest {
  'name'?: (string);
}

export interface ExplainAllocationRequest__Output {
  'name': (string);
}
