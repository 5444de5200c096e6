// Original file: tangram/link/v1/link_service.proto

import type { GpuOutcome as _tangram_link_v1_GpuOutcome, GpuOutcome__Output as _tangram_link_v1_GpuOutcome__Output } from '../../../tangram/link/v1/GpuOutcome.ts';

export interface GpuStatus {
  'gpuUuid'?: (string);
  'outcome'?: (_tangram_link_v1_GpuOutcome);
  'detail'?: (string);
}

export interface GpuStatus__Output {
  'gpuUuid': (string);
  'outcome': (_tangram_link_v1_GpuOutcome__Output);
  'detail': (string);
}
