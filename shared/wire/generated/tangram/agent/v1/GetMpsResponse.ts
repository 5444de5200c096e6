// Original file: tangram/agent/v1/mps_service.proto

import type { MpsCard as _tangram_agent_v1_MpsCard, MpsCard__Output as _tangram_agent_v1_MpsCard__Output } from '../../../tangram/agent/v1/MpsCard.ts';

export interface GetMpsResponse {
  'cards'?: (_tangram_agent_v1_MpsCard)[];
}

export interface GetMpsResponse__Output {
  'cards': (_tangram_agent_v1_MpsCard__Output)[];
}
