// Original file: tangram/link/v1/link_service.proto


export interface NvlinkPeer {
  'gpuUuid'?: (string);
  'links'?: (number);
}

export interface NvlinkPeer__Output {
  'gpuUuid': (string);
  'links': (number);
}
