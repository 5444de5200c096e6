// Original file: tangram/v1/model.proto


export interface NvlinkPeer {
  'gpuUuid'?: (string);
  'links'?: (number);
}

export interface NvlinkPeer__Output {
  'gpuUuid': (string);
  'links': (number);
}
