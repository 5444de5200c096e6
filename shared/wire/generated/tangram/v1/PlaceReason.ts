// Original file: tangram/v1/scheduler_service.proto

import type { Evidence as _tangram_v1_Evidence, Evidence__Output as _tangram_v1_Evidence__Output } from '../../tangram/v1/Evidence.ts';
import type { Long } from '@grpc/proto-loader';

export interface PlaceReason {
  'replica'?: (string);
  'decision'?: (number | string | Long);
  'why'?: (string);
  'toMove'?: (string);
  'evidence'?: (_tangram_v1_Evidence)[];
}

export interface PlaceReason__Output {
  'replica': (string);
  'decision': (string);
  'why': (string);
  'toMove': (string);
  'evidence': (_tangram_v1_Evidence__Output)[];
}
