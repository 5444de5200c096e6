// Original file: tangram/v1/trust_service.proto

import type { Root as _tangram_v1_Root, Root__Output as _tangram_v1_Root__Output } from '../../tangram/v1/Root.ts';

export interface Authority {
  'clusterId'?: (string);
  'roots'?: (_tangram_v1_Root)[];
  'nodesBehind'?: (string)[];
}

export interface Authority__Output {
  'clusterId': (string);
  'roots': (_tangram_v1_Root__Output)[];
  'nodesBehind': (string)[];
}
