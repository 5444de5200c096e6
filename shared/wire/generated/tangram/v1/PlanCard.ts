// Original file: tangram/v1/plan.proto

import type { PlanPiece as _tangram_v1_PlanPiece, PlanPiece__Output as _tangram_v1_PlanPiece__Output } from '../../tangram/v1/PlanPiece.ts';

export interface PlanCard {
  'node'?: (string);
  'gpu'?: (string);
  'product'?: (string);
  'units'?: (number);
  'before'?: (_tangram_v1_PlanPiece)[];
  'after'?: (_tangram_v1_PlanPiece)[];
}

export interface PlanCard__Output {
  'node': (string);
  'gpu': (string);
  'product': (string);
  'units': (number);
  'before': (_tangram_v1_PlanPiece__Output)[];
  'after': (_tangram_v1_PlanPiece__Output)[];
}
