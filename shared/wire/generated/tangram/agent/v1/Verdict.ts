// Original file: tangram/agent/v1/health_service.proto

import type { Reason as _tangram_agent_v1_Reason, Reason__Output as _tangram_agent_v1_Reason__Output } from '../../../tangram/agent/v1/Reason.ts';
import type { Long } from '@grpc/proto-loader';

export interface Verdict {
  'state'?: (string);
  'action'?: (string);
  'sinceMs'?: (number | string | Long);
  'reasons'?: (_tangram_agent_v1_Reason)[];
  '_sinceMs'?: "sinceMs";
}

export interface Verdict__Output {
  'state': (string);
  'action': (string);
  'sinceMs'?: (string);
  'reasons': (_tangram_agent_v1_Reason__Output)[];
  '_sinceMs'?: "sinceMs";
}
