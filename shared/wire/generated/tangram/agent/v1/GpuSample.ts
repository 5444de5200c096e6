// Original file: tangram/agent/v1/agent_service.proto

import type { ProcessSample as _tangram_agent_v1_ProcessSample, ProcessSample__Output as _tangram_agent_v1_ProcessSample__Output } from '../../../tangram/agent/v1/ProcessSample.ts';
import type { SliceSample as _tangram_agent_v1_SliceSample, SliceSample__Output as _tangram_agent_v1_SliceSample__Output } from '../../../tangram/agent/v1/SliceSample.ts';
import type { UserShare as _tangram_agent_v1_UserShare, UserShare__Output as _tangram_agent_v1_UserShare__Output } from '../../../tangram/agent/v1/UserShare.ts';
import type { MemoryParts as _tangram_agent_v1_MemoryParts, MemoryParts__Output as _tangram_agent_v1_MemoryParts__Output } from '../../../tangram/agent/v1/MemoryParts.ts';
import type { SmParts as _tangram_agent_v1_SmParts, SmParts__Output as _tangram_agent_v1_SmParts__Output } from '../../../tangram/agent/v1/SmParts.ts';
import type { PowerParts as _tangram_agent_v1_PowerParts, PowerParts__Output as _tangram_agent_v1_PowerParts__Output } from '../../../tangram/agent/v1/PowerParts.ts';
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
  'productName'?: (string);
  'mode'?: (string);
  'powerLimitWatts'?: (number | string);
  'throttleReasons'?: (string)[];
  'slices'?: (_tangram_agent_v1_SliceSample)[];
  'users'?: (_tangram_agent_v1_UserShare)[];
  'memory'?: (_tangram_agent_v1_MemoryParts | null);
  'sm'?: (_tangram_agent_v1_SmParts | null);
  'power'?: (_tangram_agent_v1_PowerParts | null);
  'history'?: (number | string)[];
  'processesRead'?: (boolean);
  'health'?: (string);
  'healthReason'?: (string);
  '_utilizationRatio'?: "utilizationRatio";
  '_memoryUsedMib'?: "memoryUsedMib";
  '_memoryTotalMib'?: "memoryTotalMib";
  '_temperatureCelsius'?: "temperatureCelsius";
  '_powerWatts'?: "powerWatts";
  '_smClockMhz'?: "smClockMhz";
  '_powerLimitWatts'?: "powerLimitWatts";
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
  'productName': (string);
  'mode': (string);
  'powerLimitWatts'?: (number);
  'throttleReasons': (string)[];
  'slices': (_tangram_agent_v1_SliceSample__Output)[];
  'users': (_tangram_agent_v1_UserShare__Output)[];
  'memory': (_tangram_agent_v1_MemoryParts__Output | null);
  'sm': (_tangram_agent_v1_SmParts__Output | null);
  'power': (_tangram_agent_v1_PowerParts__Output | null);
  'history': (number)[];
  'processesRead': (boolean);
  'health': (string);
  'healthReason': (string);
  '_utilizationRatio'?: "utilizationRatio";
  '_memoryUsedMib'?: "memoryUsedMib";
  '_memoryTotalMib'?: "memoryTotalMib";
  '_temperatureCelsius'?: "temperatureCelsius";
  '_powerWatts'?: "powerWatts";
  '_smClockMhz'?: "smClockMhz";
  '_powerLimitWatts'?: "powerLimitWatts";
}
