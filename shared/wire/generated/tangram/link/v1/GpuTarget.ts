// Original file: tangram/link/v1/link_service.proto

import type { GpuMode as _tangram_link_v1_GpuMode, GpuMode__Output as _tangram_link_v1_GpuMode__Output } from '../../../tangram/link/v1/GpuMode.ts';
import type { Slice as _tangram_v1_Slice, Slice__Output as _tangram_v1_Slice__Output } from '../../../tangram/v1/Slice.ts';
import type { Long } from '@grpc/proto-loader';

export interface GpuTarget {
  'gpuUuid'?: (string);
  'layoutRevision'?: (number | string | Long);
  'mode'?: (_tangram_link_v1_GpuMode);
  'slices'?: (_tangram_v1_Slice)[];
}

export interface GpuTarget__Output {
  'gpuUuid': (string);
  'layoutRevision': (string);
  'mode': (_tangram_link_v1_GpuMode__Output);
  'slices': (_tangram_v1_Slice__Output)[];
}
