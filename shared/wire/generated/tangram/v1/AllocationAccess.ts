// Original file: tangram/v1/allocation_service.proto


export interface AllocationAccess {
  'deviceUuids'?: (string)[];
  'cdiNames'?: (string)[];
  'gpuHandout'?: (string);
  'env'?: ({[key: string]: string});
  'mounts'?: (string)[];
}

export interface AllocationAccess__Output {
  'deviceUuids': (string)[];
  'cdiNames': (string)[];
  'gpuHandout': (string);
  'env': ({[key: string]: string});
  'mounts': (string)[];
}
