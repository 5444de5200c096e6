// Original file: tangram/agent/v1/health_service.proto

import type { Verdict as _tangram_agent_v1_Verdict, Verdict__Output as _tangram_agent_v1_Verdict__Output } from '../../../tangram/agent/v1/Verdict.ts';

export interface SliceHealth {
  'gpuInstanceId'?: (number);
  'verdict'?: (_tangram_agent_v1_Verdict | null);
}

export interface SliceHealth__Output {
  'gpuInstanceId': (number);
  'verdict': (_tangram_agent_v1_Verdict__Output | null);
}
