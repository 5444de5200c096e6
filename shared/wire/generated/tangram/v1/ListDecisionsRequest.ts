// Original file: tangram/v1/decision_service.proto


export interface ListDecisionsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'model'?: (string);
}

export interface ListDecisionsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'model': (string);
}
