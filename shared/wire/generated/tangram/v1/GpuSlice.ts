// Original file: tangram/v1/cluster_service.proto

import type { SliceShape as _tangram_v1_SliceShape, SliceShape__Output as _tangram_v1_SliceShape__Output } from '../../tangram/v1/SliceShape.ts';

export interface GpuSlice {
  'slice'?: (string);
  'shape'?: (_tangram_v1_SliceShape | null);
  'enforcement'?: (string);
  'deviceUuid'?: (string);
  'replica'?: (string);
  'model'?: (string);
  'state'?: (string);
  'allocation'?: (string);
}

export interface GpuSlice__Output {
  'slice': (string);
  'shape': (_tangram_v1_SliceShape__Output | null);
  'enforcement': (string);
  'deviceUuid': (string);
  'replica': (string);
  'model': (string);
  'state': (string);
  'allocation': (string);
}
