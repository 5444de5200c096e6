// Original file: tangram/v1/cluster_service.proto

import type { Event as _tangram_v1_Event, Event__Output as _tangram_v1_Event__Output } from '../../tangram/v1/Event.ts';

export interface ListEventsResponse {
  'events'?: (_tangram_v1_Event)[];
  'nextPageToken'?: (string);
}

export interface ListEventsResponse__Output {
  'events': (_tangram_v1_Event__Output)[];
  'nextPageToken': (string);
}
