// Original file: tangram/v1/decision_service.proto

import type { DecidedPlace as _tangram_v1_DecidedPlace, DecidedPlace__Output as _tangram_v1_DecidedPlace__Output } from '../../tangram/v1/DecidedPlace.ts';

export interface OtherPlace {
  'model'?: (string);
  'replica'?: (string);
  'logged'?: (_tangram_v1_DecidedPlace | null);
  'replayed'?: (_tangram_v1_DecidedPlace | null);
}

export interface OtherPlace__Output {
  'model': (string);
  'replica': (string);
  'logged': (_tangram_v1_DecidedPlace__Output | null);
  'replayed': (_tangram_v1_DecidedPlace__Output | null);
}
