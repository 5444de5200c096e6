// Original file: tangram/agent/v1/agent_service.proto

import type { Replica as _tangram_v1_Replica, Replica__Output as _tangram_v1_Replica__Output } from '../../../tangram/v1/Replica.ts';

export interface ListReplicasResponse {
  'replicas'?: (_tangram_v1_Replica)[];
}

export interface ListReplicasResponse__Output {
  'replicas': (_tangram_v1_Replica__Output)[];
}
