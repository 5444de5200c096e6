// Original file: tangram/agent/v1/agent_service.proto

import type { GpuSample as _tangram_agent_v1_GpuSample, GpuSample__Output as _tangram_agent_v1_GpuSample__Output } from '../../../tangram/agent/v1/GpuSample.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetTopResponse {
  'ageMs'?: (number | string | Long);
  'gpus'?: (_tangram_agent_v1_GpuSample)[];
  'cpuRatio'?: (number | string);
  'memoryUsedMib'?: (number | string | Long);
  'stale'?: (boolean);
  'dcgmReason'?: (string);
  '_cpuRatio'?: "cpuRatio";
  '_memoryUsedMib'?: "memoryUsedMib";
}

export interface GetTopResponse__Output {
  'ageMs': (string);
  'gpus': (_tangram_agent_v1_GpuSample__Output)[];
  'cpuRatio'?: (number);
  'memoryUsedMib'?: (string);
  'stale': (boolean);
  'dcgmReason': (string);
  '_cpuRatio'?: "cpuRatio";
  '_memoryUsedMib'?: "memoryUsedMib";
}
