// Original file: tangram/agent/v1/mps_service.proto

import type { MpsDaemon as _tangram_agent_v1_MpsDaemon, MpsDaemon__Output as _tangram_agent_v1_MpsDaemon__Output } from '../../../tangram/agent/v1/MpsDaemon.ts';

export interface GetMpsResponse {
  'daemons'?: (_tangram_agent_v1_MpsDaemon)[];
}

export interface GetMpsResponse__Output {
  'daemons': (_tangram_agent_v1_MpsDaemon__Output)[];
}
