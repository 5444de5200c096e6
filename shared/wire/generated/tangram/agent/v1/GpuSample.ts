// Original file: tangram/agent/v1/agent_service.proto

import type { ProcessSample as _tangram_agent_v1_ProcessSample, ProcessSample__Output as _tangram_agent_v1_ProcessSample__Output } from '../../../tangram/agent/v1/ProcessSample.ts';
import type { Long } from '@grpc/proto-loader';

export interface GpuSample {
  'uuid'?: (string);
  'index'?: (number);
  'utilizationRatio'?: (number | string);
  'memoryUsedMib'?: (number | string | Long);
  'memoryTotalMib'?: (number | string | Long);
  'temperatureCelsius'?: (number | string);
  'powerWatts'?: (number | string);
  'smClockMhz'?: (number | string);
  'processes'?: (_tangram_agent_v1_ProcessSample)[];
  '_utilizationRatio'?: "utilizationRatio";
  '_memoryUsedMib'?: "memoryUsedMib";
  '_memoryTotalMib'?: "memoryTotalMib";
  '_temperatureCelsius'?: "temperatureCelsius";
  '_powerWatts'?: "powerWatts";
  '_smClockMhz'?: "smClockMhz";
}

export interface GpuSample__Output {
  'uuid': (string);
  'index': (number);
  'utilizationRatio'?: (number);
  'memoryUsedMib'?: (string);
  'memoryTotalMib'?: (string);
  'temperatureCelsius'?: (number);
  'powerWatts'?: (number);
  'smClockMhz'?: (number);
  'processes': (_tangram_agent_v1_ProcessSample__Output)[];
  '_utilizationRatio'?: "utilizationRatio";
  '_memoryUsedMib'?: "memoryUsedMib";
  '_memoryTotalMib'?: "memoryTotalMib";
  '_temperatureCelsius'?: "temperatureCelsius";
  '_powerWatts'?: "powerWatts";
  '_smClockMhz'?: "smClockMhz";
}
