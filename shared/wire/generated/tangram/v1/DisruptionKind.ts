// Original file: tangram/v1/model.proto

export const DisruptionKind = {
  DISRUPTION_KIND_UNSPECIFIED: 'DISRUPTION_KIND_UNSPECIFIED',
  DISRUPTION_KIND_NEVER: 'DISRUPTION_KIND_NEVER',
  DISRUPTION_KIND_IDLE: 'DISRUPTION_KIND_IDLE',
  DISRUPTION_KIND_BUDGET: 'DISRUPTION_KIND_BUDGET',
} as const;

export type DisruptionKind =
  | 'DISRUPTION_KIND_UNSPECIFIED'
  | 0
  | 'DISRUPTION_KIND_NEVER'
  | 1
  | 'DISRUPTION_KIND_IDLE'
  | 2
  | 'DISRUPTION_KIND_BUDGET'
  | 3

export type DisruptionKind__Output = typeof DisruptionKind[keyof typeof DisruptionKind]
