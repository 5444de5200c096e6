// Original file: tangram/v1/plan.proto

import type { PlanStage as _tangram_v1_PlanStage, PlanStage__Output as _tangram_v1_PlanStage__Output } from '../../tangram/v1/PlanStage.ts';
import type { PlanPrice as _tangram_v1_PlanPrice, PlanPrice__Output as _tangram_v1_PlanPrice__Output } from '../../tangram/v1/PlanPrice.ts';
import type { PlanCard as _tangram_v1_PlanCard, PlanCard__Output as _tangram_v1_PlanCard__Output } from '../../tangram/v1/PlanCard.ts';
import type { Long } from '@grpc/proto-loader';

export interface Plan {
  'plan'?: (string);
  'stages'?: (_tangram_v1_PlanStage)[];
  'unplaced'?: (string);
  'kind'?: (string);
  'price'?: (_tangram_v1_PlanPrice | null);
  'cards'?: (_tangram_v1_PlanCard)[];
  'fitsIf'?: (string);
  'expiresAtMs'?: (number | string | Long);
}

export interface Plan__Output {
  'plan': (string);
  'stages': (_tangram_v1_PlanStage__Output)[];
  'unplaced': (string);
  'kind': (string);
  'price': (_tangram_v1_PlanPrice__Output | null);
  'cards': (_tangram_v1_PlanCard__Output)[];
  'fitsIf': (string);
  'expiresAtMs': (string);
}
