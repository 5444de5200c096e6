// Original file: tangram/agent/v1/layout_service.proto

import type { CardLayout as _tangram_agent_v1_CardLayout, CardLayout__Output as _tangram_agent_v1_CardLayout__Output } from '../../../tangram/agent/v1/CardLayout.ts';

export interface GetLayoutsResponse {
  'cards'?: (_tangram_agent_v1_CardLayout)[];
}

export interface GetLayoutsResponse__Output {
  'cards': (_tangram_agent_v1_CardLayout__Output)[];
}
