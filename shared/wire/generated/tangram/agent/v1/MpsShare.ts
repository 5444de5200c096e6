// Original file: tangram/agent/v1/mps_service.proto

import type { MpsLimits as _tangram_agent_v1_MpsLimits, MpsLimits__Output as _tangram_agent_v1_MpsLimits__Output } from '../../../tangram/agent/v1/MpsLimits.ts';
import type { Long } from '@grpc/proto-loader';

export interface MpsShare {
  'slice'?: (string);
  'replica'?: (string);
  'smPercent'?: (number);
  'memoryMib'?: (number | string | Long);
  'processes'?: (number);
  'clientLimits'?: (_tangram_agent_v1_MpsLimits | null);
  'allocation'?: (string);
}

export interface MpsShare__Output {
  'slice': (string);
  'replica': (string);
  'smPercent': (number);
  'memoryMib': (string);
  'processes': (number);
  'clientLimits': (_tangram_agent_v1_MpsLimits__Output | null);
  'allocation': (string);
}
