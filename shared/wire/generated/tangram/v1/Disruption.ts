// Original file: tangram/v1/model.proto

import type { DisruptionKind as _tangram_v1_DisruptionKind, DisruptionKind__Output as _tangram_v1_DisruptionKind__Output } from '../../tangram/v1/DisruptionKind.ts';
import type { Long } from '@grpc/proto-loader';

export interface Disruption {
  'kind'?: (_tangram_v1_DisruptionKind);
  'budgetSeconds'?: (number | string | Long);
}

export interface Disruption__Output {
  'kind': (_tangram_v1_DisruptionKind__Output);
  'budgetSeconds': (string);
}
