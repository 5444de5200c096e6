// Original file: tangram/link/v1/link_service.proto

import type { SlicePhase as _tangram_link_v1_SlicePhase, SlicePhase__Output as _tangram_link_v1_SlicePhase__Output } from '../../../tangram/link/v1/SlicePhase.ts';
import type { Long } from '@grpc/proto-loader';

export interface SliceStatus {
  'slice'?: (string);
  'incarnation'?: (number | string | Long);
  'gpuUuid'?: (string);
  'phase'?: (_tangram_link_v1_SlicePhase);
  'deviceUuid'?: (string);
  'reason'?: (string);
}

export interface SliceStatus__Output {
  'slice': (string);
  'incarnation': (string);
  'gpuUuid': (string);
  'phase': (_tangram_link_v1_SlicePhase__Output);
  'deviceUuid': (string);
  'reason': (string);
}
