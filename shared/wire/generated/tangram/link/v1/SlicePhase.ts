// Original file: tangram/link/v1/link_service.proto

export const SlicePhase = {
  SLICE_PHASE_UNSPECIFIED: 'SLICE_PHASE_UNSPECIFIED',
  SLICE_PHASE_ABSENT: 'SLICE_PHASE_ABSENT',
  SLICE_PHASE_READY: 'SLICE_PHASE_READY',
  SLICE_PHASE_FAILED: 'SLICE_PHASE_FAILED',
} as const;

export type SlicePhase =
  | 'SLICE_PHASE_UNSPECIFIED'
  | 0
  | 'SLICE_PHASE_ABSENT'
  | 1
  | 'SLICE_PHASE_READY'
  | 2
  | 'SLICE_PHASE_FAILED'
  | 3

export type SlicePhase__Output = typeof SlicePhase[keyof typeof SlicePhase]
