// Original file: tangram/v1/whatif_service.proto

import type { Plan as _tangram_v1_Plan, Plan__Output as _tangram_v1_Plan__Output } from '../../tangram/v1/Plan.ts';
import type { Footprint as _tangram_v1_Footprint, Footprint__Output as _tangram_v1_Footprint__Output } from '../../tangram/v1/Footprint.ts';

export interface TryModelResponse {
  'plan'?: (_tangram_v1_Plan | null);
  'surgeFits'?: (boolean);
  'before'?: (_tangram_v1_Footprint | null);
  'peak'?: (_tangram_v1_Footprint | null);
  'after'?: (_tangram_v1_Footprint | null);
  'rollback'?: (_tangram_v1_Plan | null);
  'rollbackFits'?: (boolean);
}

export interface TryModelResponse__Output {
  'plan': (_tangram_v1_Plan__Output | null);
  'surgeFits': (boolean);
  'before': (_tangram_v1_Footprint__Output | null);
  'peak': (_tangram_v1_Footprint__Output | null);
  'after': (_tangram_v1_Footprint__Output | null);
  'rollback': (_tangram_v1_Plan__Output | null);
  'rollbackFits': (boolean);
}
