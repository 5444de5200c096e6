// Original file: tangram/agent/v1/agent_service.proto

import type { NodeEvent as _tangram_agent_v1_NodeEvent, NodeEvent__Output as _tangram_agent_v1_NodeEvent__Output } from '../../../tangram/agent/v1/NodeEvent.ts';

export interface ListEventsResponse {
  'events'?: (_tangram_agent_v1_NodeEvent)[];
}

export interface ListEventsResponse__Output {
  'events': (_tangram_agent_v1_NodeEvent__Output)[];
}
