// Original file: tangram/link/v1/link_service.proto


export interface MigEngines {
  'nvdec'?: (number);
  'nvenc'?: (number);
  'jpeg'?: (number);
  'ofa'?: (number);
}

export interface MigEngines__Output {
  'nvdec': (number);
  'nvenc': (number);
  'jpeg': (number);
  'ofa': (number);
}
