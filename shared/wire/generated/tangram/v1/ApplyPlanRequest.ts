// Original file: tangram/v1/change_service.proto


export interface ApplyPlanRequest {
  'plan'?: (string);
  'requestId'?: (string);
}

export interface ApplyPlanRequest__Output {
  'plan': (string);
  'requestId': (string);
}
