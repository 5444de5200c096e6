// Original file: tangram/agent/v1/agent_service.proto

import type { Figure as _tangram_agent_v1_Figure, Figure__Output as _tangram_agent_v1_Figure__Output } from '../../../tangram/agent/v1/Figure.ts';

export interface UserShare {
  'replica'?: (string);
  'model'?: (string);
  'memoryMib'?: (_tangram_agent_v1_Figure | null);
  'serverMib'?: (_tangram_agent_v1_Figure | null);
  'smRatio'?: (_tangram_agent_v1_Figure | null);
  'powerWatts'?: (_tangram_agent_v1_Figure | null);
  'reservedMib'?: (number | string);
  'allocation'?: (string);
  '_reservedMib'?: "reservedMib";
}

export interface UserShare__Output {
  'replica': (string);
  'model': (string);
  'memoryMib': (_tangram_agent_v1_Figure__Output | null);
  'serverMib': (_tangram_agent_v1_Figure__Output | null);
  'smRatio': (_tangram_agent_v1_Figure__Output | null);
  'powerWatts': (_tangram_agent_v1_Figure__Output | null);
  'reservedMib'?: (number);
  'allocation': (string);
  '_reservedMib'?: "reservedMib";
}
