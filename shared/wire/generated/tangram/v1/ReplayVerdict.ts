// Original file: tangram/v1/decision_service.proto

export const ReplayVerdict = {
  REPLAY_VERDICT_UNSPECIFIED: 'REPLAY_VERDICT_UNSPECIFIED',
  REPLAY_VERDICT_SAME: 'REPLAY_VERDICT_SAME',
  REPLAY_VERDICT_DIFFERS: 'REPLAY_VERDICT_DIFFERS',
  REPLAY_VERDICT_OTHER_ENGINE: 'REPLAY_VERDICT_OTHER_ENGINE',
} as const;

export type ReplayVerdict =
  | 'REPLAY_VERDICT_UNSPECIFIED'
  | 0
  | 'REPLAY_VERDICT_SAME'
  | 1
  | 'REPLAY_VERDICT_DIFFERS'
  | 2
  | 'REPLAY_VERDICT_OTHER_ENGINE'
  | 3

export type ReplayVerdict__Output = typeof ReplayVerdict[keyof typeof ReplayVerdict]
