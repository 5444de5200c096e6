// Original file: tangram/v1/trust_service.proto


export interface RotateAuthorityRequest {
  'overlapSeconds'?: (number);
}

export interface RotateAuthorityRequest__Output {
  'overlapSeconds': (number);
}
