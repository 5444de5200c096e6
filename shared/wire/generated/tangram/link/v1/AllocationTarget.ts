// Original file: tangram/link/v1/link_service.proto


export interface AllocationTarget {
  'claim'?: (string);
  'allocation'?: (string);
  'slices'?: (string)[];
  'processes'?: (number);
  'reclaiming'?: (boolean);
}

export interface AllocationTarget__Output {
  'claim': (string);
  'allocation': (string);
  'slices': (string)[];
  'processes': (number);
  'reclaiming': (boolean);
}
