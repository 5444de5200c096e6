// Original file: tangram/agent/v1/mps_service.proto

import type { MpsLimits as _tangram_agent_v1_MpsLimits, MpsLimits__Output as _tangram_agent_v1_MpsLimits__Output } from '../../../tangram/agent/v1/MpsLimits.ts';
import type { MpsServer as _tangram_agent_v1_MpsServer, MpsServer__Output as _tangram_agent_v1_MpsServer__Output } from '../../../tangram/agent/v1/MpsServer.ts';
import type { MpsClient as _tangram_agent_v1_MpsClient, MpsClient__Output as _tangram_agent_v1_MpsClient__Output } from '../../../tangram/agent/v1/MpsClient.ts';
import type { MpsFault as _tangram_agent_v1_MpsFault, MpsFault__Output as _tangram_agent_v1_MpsFault__Output } from '../../../tangram/agent/v1/MpsFault.ts';
import type { MpsRecovery as _tangram_agent_v1_MpsRecovery, MpsRecovery__Output as _tangram_agent_v1_MpsRecovery__Output } from '../../../tangram/agent/v1/MpsRecovery.ts';
import type { MpsShare as _tangram_agent_v1_MpsShare, MpsShare__Output as _tangram_agent_v1_MpsShare__Output } from '../../../tangram/agent/v1/MpsShare.ts';

export interface MpsCard {
  'gpuUuid'?: (string);
  'index'?: (number);
  'productName'?: (string);
  'state'?: (string);
  'owned'?: (boolean);
  'pipeDirectory'?: (string);
  'computeMode'?: (string);
  'computeModeBefore'?: (string);
  'limits'?: (_tangram_agent_v1_MpsLimits | null);
  'clientsMax'?: (number);
  'servers'?: (_tangram_agent_v1_MpsServer)[];
  'clients'?: (_tangram_agent_v1_MpsClient)[];
  'waiting'?: (_tangram_agent_v1_MpsClient)[];
  'orphanPids'?: (number)[];
  'fault'?: (_tangram_agent_v1_MpsFault | null);
  'recovery'?: (_tangram_agent_v1_MpsRecovery | null);
  'shares'?: (_tangram_agent_v1_MpsShare)[];
  '_limits'?: "limits";
  '_fault'?: "fault";
  '_recovery'?: "recovery";
}

export interface MpsCard__Output {
  'gpuUuid': (string);
  'index': (number);
  'productName': (string);
  'state': (string);
  'owned': (boolean);
  'pipeDirectory': (string);
  'computeMode': (string);
  'computeModeBefore': (string);
  'limits'?: (_tangram_agent_v1_MpsLimits__Output | null);
  'clientsMax': (number);
  'servers': (_tangram_agent_v1_MpsServer__Output)[];
  'clients': (_tangram_agent_v1_MpsClient__Output)[];
  'waiting': (_tangram_agent_v1_MpsClient__Output)[];
  'orphanPids': (number)[];
  'fault'?: (_tangram_agent_v1_MpsFault__Output | null);
  'recovery'?: (_tangram_agent_v1_MpsRecovery__Output | null);
  'shares': (_tangram_agent_v1_MpsShare__Output)[];
  '_limits'?: "limits";
  '_fault'?: "fault";
  '_recovery'?: "recovery";
}
