// Original file: tangram/agent/v1/health_service.proto

import type { CardHealth as _tangram_agent_v1_CardHealth, CardHealth__Output as _tangram_agent_v1_CardHealth__Output } from '../../../tangram/agent/v1/CardHealth.ts';

export interface GetHealthResponse {
  'cards'?: (_tangram_agent_v1_CardHealth)[];
  'kernelLog'?: (string);
}

export interface GetHealthResponse__Output {
  'cards': (_tangram_agent_v1_CardHealth__Output)[];
  'kernelLog': (string);
}
