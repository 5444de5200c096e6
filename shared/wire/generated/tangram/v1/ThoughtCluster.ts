// Original file: tangram/v1/whatif_service.proto

import type { FreeCapacity as _tangram_v1_FreeCapacity, FreeCapacity__Output as _tangram_v1_FreeCapacity__Output } from '../../tangram/v1/FreeCapacity.ts';
import type { ThoughtPlace as _tangram_v1_ThoughtPlace, ThoughtPlace__Output as _tangram_v1_ThoughtPlace__Output } from '../../tangram/v1/ThoughtPlace.ts';
import type { ThoughtWait as _tangram_v1_ThoughtWait, ThoughtWait__Output as _tangram_v1_ThoughtWait__Output } from '../../tangram/v1/ThoughtWait.ts';

export interface ThoughtCluster {
  'freeBefore'?: (_tangram_v1_FreeCapacity)[];
  'freeAfter'?: (_tangram_v1_FreeCapacity)[];
  'placed'?: (_tangram_v1_ThoughtPlace)[];
  'waiting'?: (_tangram_v1_ThoughtWait)[];
}

export interface ThoughtCluster__Output {
  'freeBefore': (_tangram_v1_FreeCapacity__Output)[];
  'freeAfter': (_tangram_v1_FreeCapacity__Output)[];
  'placed': (_tangram_v1_ThoughtPlace__Output)[];
  'waiting': (_tangram_v1_ThoughtWait__Output)[];
}
