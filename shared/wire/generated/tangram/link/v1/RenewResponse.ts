// Original file: tangram/link/v1/link_service.proto

import type { Trust as _tangram_link_v1_Trust, Trust__Output as _tangram_link_v1_Trust__Output } from '../../../tangram/link/v1/Trust.ts';

export interface RenewResponse {
  'certificateChain'?: (string);
  'trust'?: (_tangram_link_v1_Trust | null);
}

export interface RenewResponse__Output {
  'certificateChain': (string);
  'trust': (_tangram_link_v1_Trust__Output | null);
}
