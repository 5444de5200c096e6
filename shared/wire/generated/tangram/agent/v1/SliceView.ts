// Original file: tangram/agent/v1/agent_service.proto

import type { SliceShape as _tangram_v1_SliceShape, SliceShape__Output as _tangram_v1_SliceShape__Output } from '../../../tangram/v1/SliceShape.ts';

export interface SliceView {
  'slice'?: (string);
  'shape'?: (_tangram_v1_SliceShape | null);
  'enforcement'?: (string);
  'deviceUuid'?: (string);
  'replica'?: (string);
  'state'?: (string);
  'allocation'?: (string);
}

export interface SliceView__Output {
  'slice': (string);
  'shape': (_tangram_v1_SliceShape__Output | null);
  'enforcement': (string);
  'deviceUuid': (string);
  'replica': (string);
  'state': (string);
  'allocation': (string);
}
