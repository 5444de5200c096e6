// Original file: tangram/v1/decision_service.proto

import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from '../../tangram/v1/Slice.ts';
import type { Long } from '@grpc/proto-loader';

export interface DecidedPlace {
  'claim'?: (string);
  'node'?: (string);
  'slices'?: (_tangram_v1_Slice)[];
  'cost'?: (number | string | Long);
}

export interface DecidedPlace__Output {
  'claim': (string);
  'node': (string);
  'slices': (_tangram_v1_Slice__Output)[];
  'cost': (string);
}
