// Original file: tangram/v1/model.proto

export const Spread = {
  SPREAD_UNSPECIFIED: 'SPREAD_UNSPECIFIED',
  SPREAD_NONE: 'SPREAD_NONE',
  SPREAD_NODE: 'SPREAD_NODE',
  SPREAD_ZONE: 'SPREAD_ZONE',
} as const;

export type Spread =
  | 'SPREAD_UNSPECIFIED'
  | 0
  | 'SPREAD_NONE'
  | 1
  | 'SPREAD_NODE'
  | 2
  | 'SPREAD_ZONE'
  | 3

export type Spread__Output = typeof Spread[keyof typeof Spread]
