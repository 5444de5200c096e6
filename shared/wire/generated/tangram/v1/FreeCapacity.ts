// Original file: tangram/v1/whatif_service.proto

import type { FreeProfile as _tangram_v1_FreeProfile, FreeProfile__Output as _tangram_v1_FreeProfile__Output } from '../../tangram/v1/FreeProfile.ts';
import type { Long } from '@grpc/proto-loader';

export interface FreeCapacity {
  'product'?: (string);
  'cards'?: (number);
  'wholeCards'?: (number);
  'mig'?: (_tangram_v1_FreeProfile)[];
  'mpsMib'?: (number | string | Long);
}

export interface FreeCapacity__Output {
  'product': (string);
  'cards': (number);
  'wholeCards': (number);
  'mig': (_tangram_v1_FreeProfile__Output)[];
  'mpsMib': (string);
}
