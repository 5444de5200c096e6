// Original file: tangram/v1/whatif_service.proto

import type { ThoughtCluster as _tangram_v1_ThoughtCluster, ThoughtCluster__Output as _tangram_v1_ThoughtCluster__Output } from '../../tangram/v1/ThoughtCluster.ts';

export interface TryRemoveNodeResponse {
  'cluster'?: (_tangram_v1_ThoughtCluster | null);
}

export interface TryRemoveNodeResponse__Output {
  'cluster': (_tangram_v1_ThoughtCluster__Output | null);
}
