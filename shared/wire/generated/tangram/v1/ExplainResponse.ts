// Original file: tangram/v1/scheduler_service.proto

import type { Evidence as _tangram_v1_Evidence, Evidence__Output as _tangram_v1_Evidence__Output } from '../../tangram/v1/Evidence.ts';
import type { PlaceReason as _tangram_v1_PlaceReason, PlaceReason__Output as _tangram_v1_PlaceReason__Output } from '../../tangram/v1/PlaceReason.ts';

export interface ExplainResponse {
  'name'?: (string);
  'replicasWanted'?: (number);
  'replicasPlaced'?: (number);
  'replicasReady'?: (number);
  'placed'?: (string)[];
  'refusal'?: (string);
  'nearest'?: (string);
  'evidence'?: (_tangram_v1_Evidence)[];
  'places'?: (_tangram_v1_PlaceReason)[];
}

export interface ExplainResponse__Output {
  'name': (string);
  'replicasWanted': (number);
  'replicasPlaced': (number);
  'replicasReady': (number);
  'placed': (string)[];
  'refusal': (string);
  'nearest': (string);
  'evidence': (_tangram_v1_Evidence__Output)[];
  'places': (_tangram_v1_PlaceReason__Output)[];
}
