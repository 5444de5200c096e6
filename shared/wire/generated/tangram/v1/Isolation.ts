// Original file: tangram/v1/model.proto

export const Isolation = {
  ISOLATION_UNSPECIFIED: 'ISOLATION_UNSPECIFIED',
  ISOLATION_ANY: 'ISOLATION_ANY',
  ISOLATION_MPS: 'ISOLATION_MPS',
  ISOLATION_MIG: 'ISOLATION_MIG',
  ISOLATION_WHOLE: 'ISOLATION_WHOLE',
} as const;

export type Isolation =
  | 'ISOLATION_UNSPECIFIED'
  | 0
  | 'ISOLATION_ANY'
  | 1
  | 'ISOLATION_MPS'
  | 2
  | 'ISOLATION_MIG'
  | 3
  | 'ISOLATION_WHOLE'
  | 4

export type Isolation__Output = typeof Isolation[keyof typeof Isolation]
