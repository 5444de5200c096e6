// Original file: tangram/v1/decision_service.proto

import type { DecidedPlace as _tangram_v1_DecidedPlace, DecidedPlace__Output as _tangram_v1_DecidedPlace__Output } from '../../tangram/v1/DecidedPlace.ts';
import type { Long } from '@grpc/proto-loader';

export interface Decision {
  'id'?: (number | string | Long);
  'atMs'?: (number | string | Long);
  'model'?: (string);
  'place'?: (_tangram_v1_DecidedPlace | null);
  'refusal'?: (string);
  'policy'?: (string);
  'seed'?: (number | string | Long);
  'engineVersion'?: (string);
  'revision'?: (number | string | Long);
}

export interface Decision__Output {
  'id': (string);
  'atMs': (string);
  'model': (string);
  'place': (_tangram_v1_DecidedPlace__Output | null);
  'refusal': (string);
  'policy': (string);
  'seed': (string);
  'engineVersion': (string);
  'revision': (string);
}
