// Original file: tangram/v1/model.proto

import type { Replica as _tangram_v1_Replica, Replica__Output as _tangram_v1_Replica__Output } from '../../tangram/v1/Replica.ts';

export interface ModelStatus {
  'replicasWanted'?: (number);
  'replicasPlaced'?: (number);
  'replicasReady'?: (number);
  'pendingReason'?: (string);
  'deleting'?: (boolean);
  'replicas'?: (_tangram_v1_Replica)[];
}

export interface ModelStatus__Output {
  'replicasWanted': (number);
  'replicasPlaced': (number);
  'replicasReady': (number);
  'pendingReason': (string);
  'deleting': (boolean);
  'replicas': (_tangram_v1_Replica__Output)[];
}
