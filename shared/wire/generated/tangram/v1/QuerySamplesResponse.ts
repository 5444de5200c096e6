// Original file: tangram/v1/telemetry_service.proto

import type { SampleSeries as _tangram_v1_SampleSeries, SampleSeries__Output as _tangram_v1_SampleSeries__Output } from '../../tangram/v1/SampleSeries.ts';
import type { Long } from '@grpc/proto-loader';

export interface QuerySamplesResponse {
  'series'?: (_tangram_v1_SampleSeries)[];
  'stepMs'?: (number | string | Long);
  'truncated'?: (boolean);
}

export interface QuerySamplesResponse__Output {
  'series': (_tangram_v1_SampleSeries__Output)[];
  'stepMs': (string);
  'truncated': (boolean);
}
