// Original file: tangram/v1/change_service.proto

export const ChangeState = {
  CHANGE_STATE_UNSPECIFIED: 'CHANGE_STATE_UNSPECIFIED',
  CHANGE_STATE_RUNNING: 'CHANGE_STATE_RUNNING',
  CHANGE_STATE_DONE: 'CHANGE_STATE_DONE',
  CHANGE_STATE_ABORTED: 'CHANGE_STATE_ABORTED',
} as const;

export type ChangeState =
  | 'CHANGE_STATE_UNSPECIFIED'
  | 0
  | 'CHANGE_STATE_RUNNING'
  | 1
  | 'CHANGE_STATE_DONE'
  | 2
  | 'CHANGE_STATE_ABORTED'
  | 3

export type ChangeState__Output = typeof ChangeState[keyof typeof ChangeState]
