// Original file: tangram/link/v1/link_service.proto

import type { Welcome as _tangram_link_v1_Welcome, Welcome__Output as _tangram_link_v1_Welcome__Output } from '../../../tangram/link/v1/Welcome.ts';
import type { NodeTarget as _tangram_link_v1_NodeTarget, NodeTarget__Output as _tangram_link_v1_NodeTarget__Output } from '../../../tangram/link/v1/NodeTarget.ts';
import type { LogsQuestion as _tangram_link_v1_LogsQuestion, LogsQuestion__Output as _tangram_link_v1_LogsQuestion__Output } from '../../../tangram/link/v1/LogsQuestion.ts';
import type { Heartbeat as _tangram_link_v1_Heartbeat, Heartbeat__Output as _tangram_link_v1_Heartbeat__Output } from '../../../tangram/link/v1/Heartbeat.ts';
import type { Standing as _tangram_link_v1_Standing, Standing__Output as _tangram_link_v1_Standing__Output } from '../../../tangram/link/v1/Standing.ts';
import type { Trust as _tangram_link_v1_Trust, Trust__Output as _tangram_link_v1_Trust__Output } from '../../../tangram/link/v1/Trust.ts';

export interface ControlResponse {
  'welcome'?: (_tangram_link_v1_Welcome | null);
  'target'?: (_tangram_link_v1_NodeTarget | null);
  'logs'?: (_tangram_link_v1_LogsQuestion | null);
  'heartbeat'?: (_tangram_link_v1_Heartbeat | null);
  'standing'?: (_tangram_link_v1_Standing | null);
  'trust'?: (_tangram_link_v1_Trust | null);
  'message'?: "welcome"|"target"|"logs"|"heartbeat"|"standing"|"trust";
}

export interface ControlResponse__Output {
  'welcome'?: (_tangram_link_v1_Welcome__Output | null);
  'target'?: (_tangram_link_v1_NodeTarget__Output | null);
  'logs'?: (_tangram_link_v1_LogsQuestion__Output | null);
  'heartbeat'?: (_tangram_link_v1_Heartbeat__Output | null);
  'standing'?: (_tangram_link_v1_Standing__Output | null);
  'trust'?: (_tangram_link_v1_Trust__Output | null);
  'message'?: "welcome"|"target"|"logs"|"heartbeat"|"standing"|"trust";
}
