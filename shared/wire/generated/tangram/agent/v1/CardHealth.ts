// Original file: tangram/agent/v1/health_service.proto

import type { Verdict as _tangram_agent_v1_Verdict, Verdict__Output as _tangram_agent_v1_Verdict__Output } from '../../../tangram/agent/v1/Verdict.ts';
import type { SliceHealth as _tangram_agent_v1_SliceHealth, SliceHealth__Output as _tangram_agent_v1_SliceHealth__Output } from '../../../tangram/agent/v1/SliceHealth.ts';
import type { Recovery as _tangram_agent_v1_Recovery, Recovery__Output as _tangram_agent_v1_Recovery__Output } from '../../../tangram/agent/v1/Recovery.ts';
import type { XidCount as _tangram_agent_v1_XidCount, XidCount__Output as _tangram_agent_v1_XidCount__Output } from '../../../tangram/agent/v1/XidCount.ts';
import type { CloseLook as _tangram_agent_v1_CloseLook, CloseLook__Output as _tangram_agent_v1_CloseLook__Output } from '../../../tangram/agent/v1/CloseLook.ts';

export interface CardHealth {
  'gpuUuid'?: (string);
  'index'?: (number);
  'verdict'?: (_tangram_agent_v1_Verdict | null);
  'slices'?: (_tangram_agent_v1_SliceHealth)[];
  'advice'?: (string);
  'users'?: (string)[];
  'recovery'?: (_tangram_agent_v1_Recovery | null);
  'xids'?: (_tangram_agent_v1_XidCount)[];
  'closeLook'?: (_tangram_agent_v1_CloseLook | null);
}

export interface CardHealth__Output {
  'gpuUuid': (string);
  'index': (number);
  'verdict': (_tangram_agent_v1_Verdict__Output | null);
  'slices': (_tangram_agent_v1_SliceHealth__Output)[];
  'advice': (string);
  'users': (string)[];
  'recovery': (_tangram_agent_v1_Recovery__Output | null);
  'xids': (_tangram_agent_v1_XidCount__Output)[];
  'closeLook': (_tangram_agent_v1_CloseLook__Output | null);
}
