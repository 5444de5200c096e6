// Original file: tangram/v1/model.proto

import type { Isolation as _tangram_v1_Isolation, Isolation__Output as _tangram_v1_Isolation__Output } from '../../tangram/v1/Isolation.ts';
import type { Long } from '@grpc/proto-loader';

export interface GpuNeed {
  'memoryMib'?: (number | string | Long);
  'computePercent'?: (number);
  'isolation'?: (_tangram_v1_Isolation);
  'count'?: (number);
  'processes'?: (number);
  'models'?: (string)[];
}

export interface GpuNeed__Output {
  'memoryMib': (string);
  'computePercent': (number);
  'isolation': (_tangram_v1_Isolation__Output);
  'count': (number);
  'processes': (number);
  'models': (string)[];
}
