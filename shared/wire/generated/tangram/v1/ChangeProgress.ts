// Original file: tangram/v1/change_service.proto


export interface ChangeProgress {
  'percent'?: (number);
  'stepsDone'?: (number);
  'stepsTotal'?: (number);
  'stagesDone'?: (number);
  'stagesTotal'?: (number);
  'stageTitle'?: (string);
}

export interface ChangeProgress__Output {
  'percent': (number);
  'stepsDone': (number);
  'stepsTotal': (number);
  'stagesDone': (number);
  'stagesTotal': (number);
  'stageTitle': (string);
}
