// Original file: tangram/v1/model.proto


export interface HostMount {
  'source'?: (string);
  'target'?: (string);
  'writable'?: (boolean);
}

export interface HostMount__Output {
  'source': (string);
  'target': (string);
  'writable': (boolean);
}
