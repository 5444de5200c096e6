// Original file: tangram/agent/v1/health_service.proto

import type { Verdict as _tangram_agent_v1_Verdict, Verdict__Output as _tangram_agent_v1_Verdict__Output } from '../../../tangram/agent/v1/Verdict.ts';
import type { SliceHealth as _tangram_agent_v1_SliceHealth, SliceHealth__Output as _tangram_agent_v1_SliceHealth__Output } from '../../../tangram/agent/v1/SliceHealth.ts';

export interface InjectXidResponse {
  'action'?: (string);
  'scope'?: (string);
  'description'?: (string);
  'configured'?: (boolean);
  'before'?: (_tangram_agent_v1_Verdict | null);
  'after'?: (_tangram_agent_v1_Verdict | null);
  'slicesAfter'?: (_tangram_agent_v1_SliceHealth)[];
  'victim'?: (string);
  'steps'?: (string)[];
}

export interface InjectXidResponse__Output {
  'action': (string);
  'scope': (string);
  'description': (string);
  'configured': (boolean);
  'before': (_tangram_agent_v1_Verdict__Output | null);
  'after': (_tangram_agent_v1_Verdict__Output | null);
  'slicesAfter': (_tangram_agent_v1_SliceHealth__Output)[];
  'victim': (string);
  'steps': (string)[];
}
