// Original file: tangram/link/v1/link_service.proto


export interface Declaration {
  'of'?: (string);
  'text'?: (string);
}

export interface Declaration__Output {
  'of': (string);
  'text': (string);
}
