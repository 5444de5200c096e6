// Original file: tangram/link/v1/link_service.proto


export interface Trust {
  'roots'?: (string)[];
  'issuing'?: (string);
}

export interface Trust__Output {
  'roots': (string)[];
  'issuing': (string);
}
