// Original file: tangram/v1/scheduler_service.proto

export const ApplyOutcome = {
  APPLY_OUTCOME_UNSPECIFIED: 'APPLY_OUTCOME_UNSPECIFIED',
  APPLY_OUTCOME_CREATED: 'APPLY_OUTCOME_CREATED',
  APPLY_OUTCOME_UPDATED: 'APPLY_OUTCOME_UPDATED',
  APPLY_OUTCOME_UNCHANGED: 'APPLY_OUTCOME_UNCHANGED',
} as const;

export type ApplyOutcome =
  | 'APPLY_OUTCOME_UNSPECIFIED'
  | 0
  | 'APPLY_OUTCOME_CREATED'
  | 1
  | 'APPLY_OUTCOME_UPDATED'
  | 2
  | 'APPLY_OUTCOME_UNCHANGED'
  | 3

export type ApplyOutcome__Output = typeof ApplyOutcome[keyof typeof ApplyOutcome]
