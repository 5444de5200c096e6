// Original file: tangram/v1/decision_service.proto


export interface RequestCounts {
  'placed'?: (number);
  'placedLater'?: (number);
  'waiting'?: (number);
}

export interface RequestCounts__Output {
  'placed': (number);
  'placedLater': (number);
  'waiting': (number);
}
