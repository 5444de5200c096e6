// Original file: tangram/v1/model.proto

import type { Spread as _tangram_v1_Spread, Spread__Output as _tangram_v1_Spread__Output } from '../../tangram/v1/Spread.ts';

export interface PlacementRule {
  'spread'?: (_tangram_v1_Spread);
  'maxPerNode'?: (number);
  'constraints'?: ({[key: string]: string});
  'antiAffinity'?: (string)[];
}

export interface PlacementRule__Output {
  'spread': (_tangram_v1_Spread__Output);
  'maxPerNode': (number);
  'constraints': ({[key: string]: string});
  'antiAffinity': (string)[];
}
