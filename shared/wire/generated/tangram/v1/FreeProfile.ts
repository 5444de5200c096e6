// Original file: tangram/v1/whatif_service.proto


export interface FreeProfile {
  'profile'?: (string);
  'count'?: (number);
}

export interface FreeProfile__Output {
  'profile': (string);
  'count': (number);
}
