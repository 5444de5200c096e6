// Original file: tangram/v1/telemetry_service.proto

import type { SamplePoint as _tangram_v1_SamplePoint, SamplePoint__Output as _tangram_v1_SamplePoint__Output } from '../../tangram/v1/SamplePoint.ts';

export interface SampleSeries {
  'node'?: (string);
  'gpuUuid'?: (string);
  'points'?: (_tangram_v1_SamplePoint)[];
}

export interface SampleSeries__Output {
  'node': (string);
  'gpuUuid': (string);
  'points': (_tangram_v1_SamplePoint__Output)[];
}
