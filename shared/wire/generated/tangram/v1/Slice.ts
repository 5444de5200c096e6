// Original file: tangram/v1/model.proto

import type { SliceShape as _tangram_v1_SliceShape, SliceShape__Output as _tangram_v1_SliceShape__Output } from '../../tangram/v1/SliceShape.ts';
import type { Long } from '@grpc/proto-loader';

export interface Slice {
  'slice'?: (string);
  'incarnation'?: (number | string | Long);
  'node'?: (string);
  'gpuUuid'?: (string);
  'shape'?: (_tangram_v1_SliceShape | null);
}

export interface Slice__Output {
  'slice': (string);
  'incarnation': (string);
  'node': (string);
  'gpuUuid': (string);
  'shape': (_tangram_v1_SliceShape__Output | null);
}
